"""A plan's nodes as a tree of namespaces: what each takes in, holds and gives out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnspec.core.emit import Module

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.core.emit import Emit

_SEQUENTIAL_KEEPS = frozenset({"append", "extend", "insert", "pop"})


@dataclass(slots=True, eq=False)
class Leaf:
    """A layer or a merge."""

    key: str
    node: Node
    emit: Emit
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Space:
    """A namespace: `inputs` come from outside, `outputs` are wanted outside."""

    key: str
    path: str
    steps: list[Step] = field(default_factory=list)
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()

    def leaves(self) -> Iterator[Leaf]:
        """Every layer and merge in it, in order."""
        for step in self.steps:
            if isinstance(step, Leaf):
                yield step
            else:
                yield from step.leaves()


Step = Leaf | Space


def tree_of(plan: Plan) -> Space:
    """The root namespace of a plan whose nodes are all known."""
    root = Space("", "")
    spaces = {"": root}
    emits: dict[object, Emit] = {}
    for node in plan.nodes:
        prefix, _, key = node.path.rpartition(".")
        _space(prefix, spaces).steps.append(Leaf(key, node, _emit(node, emits), node.inputs, (node.output,)))
    _connect(root, _consumers(plan))
    root.inputs = tuple(plan.inputs.values())
    root.outputs = tuple(dict.fromkeys(output.value for output in plan.outputs))
    return root


def _space(path: str, spaces: dict[str, Space]) -> Space:
    if path not in spaces:
        prefix, _, key = path.rpartition(".")
        spaces[path] = Space(key, path)
        _space(prefix, spaces).steps.append(spaces[path])
    return spaces[path]


def _emit(node: Node, emits: dict[object, Emit]) -> Emit:
    """What its layer is in torch; equal layers on equal shapes are one."""
    x = node.inputs[0].shape
    assert node.layer is not None and x is not None, "only a plan without errors is printed"
    key = id(node.layer), x
    if key not in emits:
        emits[key] = node.layer.emit(x)
    return emits[key]


def _consumers(plan: Plan) -> dict[Value, list[Node | None]]:
    """Who reads each value; None stands for the plan's outputs."""
    readers: dict[Value, list[Node | None]] = {output.value: [None] for output in plan.outputs}
    for node in plan.nodes:
        for value in node.inputs:
            readers.setdefault(value, []).append(node)
    return readers


def _connect(space: Space, readers: dict[Value, list[Node | None]]) -> None:
    for step in space.steps:
        if isinstance(step, Space):
            _connect(step, readers)
    own = dict.fromkeys(value for step in space.steps for value in step.outputs)
    wanted = dict.fromkeys(value for step in space.steps for value in step.inputs)
    space.inputs = tuple(value for value in wanted if value not in own)
    prefix = f"{space.path}."
    space.outputs = tuple(
        value
        for value in own
        if any(node is None or not node.path.startswith(prefix) for node in readers.get(value, ()))
    )


def is_chain(space: Space) -> bool:
    """Whether the namespace is an nn.Sequential: modules only, each on what the one before it gave."""
    if len(space.inputs) != 1 or len(space.outputs) != 1 or not space.steps:
        return False
    value = space.inputs[0]
    for step in space.steps:
        if step.key in _SEQUENTIAL_KEEPS or (isinstance(step, Leaf) and not isinstance(step.emit, Module)):
            return False
        if step.inputs != (value,) or len(step.outputs) != 1:
            return False
        value = step.outputs[0]
    return value is space.outputs[0]


def is_numbered(space: Space) -> bool:
    """Whether the names of its steps are their positions."""
    return all(step.key == str(index) for index, step in enumerate(space.steps))


def live_steps(space: Space, wanted: tuple[Value, ...]) -> set[Step]:
    """The steps that the wanted values need."""
    needed = set(wanted)
    live: set[Step] = set()
    for step in reversed(space.steps):
        if not needed.isdisjoint(step.outputs):
            live.add(step)
            needed.update(step.inputs)
    return live
