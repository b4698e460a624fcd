"""A plan as torch's tree of modules: containers, and the operations in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.core.emit import Emit, Module

_SEQUENTIAL_METHODS = frozenset({"append", "extend", "insert", "pop"})


@dataclass(slots=True, eq=False)
class Operation:
    """A layer or a merge."""

    key: str
    node: Node
    emit: Emit
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Container:
    """A level of the state_dict: `inputs` come from outside, `outputs` are read outside."""

    key: str
    path: str
    children: list[Child] = field(default_factory=list)
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()

    def operations(self) -> Iterator[Operation]:
        """Every layer and merge in it, in order."""
        for child in self.children:
            if isinstance(child, Operation):
                yield child
            else:
                yield from child.operations()


Child = Operation | Container


def module_tree(plan: Plan) -> Container:
    """The root of a plan whose nodes are all known."""
    root = Container("", "")
    containers = {"": root}
    emits: dict[object, Emit] = {}
    for node in plan.nodes:
        prefix, _, key = node.path.rpartition(".")
        _container(prefix, containers).children.append(
            Operation(key, node, _emit(node, emits), node.inputs, (node,))
        )
    _connect(root, _consumers(plan))
    root.inputs = tuple(plan.inputs.values())
    root.outputs = tuple(dict.fromkeys(output.value for output in plan.outputs))
    return root


def _container(path: str, containers: dict[str, Container]) -> Container:
    if path not in containers:
        prefix, _, key = path.rpartition(".")
        containers[path] = Container(key, path)
        _container(prefix, containers).children.append(containers[path])
    return containers[path]


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


def _connect(container: Container, readers: dict[Value, list[Node | None]]) -> None:
    for child in container.children:
        if isinstance(child, Container):
            _connect(child, readers)
    own = dict.fromkeys(value for child in container.children for value in child.outputs)
    wanted = dict.fromkeys(value for child in container.children for value in child.inputs)
    container.inputs = tuple(value for value in wanted if value not in own)
    prefix = f"{container.path}."
    container.outputs = tuple(
        value
        for value in own
        if any(node is None or not node.path.startswith(prefix) for node in readers.get(value, ()))
    )


def is_sequential(container: Container) -> bool:
    """Whether it is an nn.Sequential: modules only, each on what the one before it gave."""
    if len(container.inputs) != 1 or len(container.outputs) != 1 or not container.children:
        return False
    value = container.inputs[0]
    for child in container.children:
        if child.key in _SEQUENTIAL_METHODS or (
            isinstance(child, Operation) and not isinstance(child.emit, Module)
        ):
            return False
        if child.inputs != (value,) or len(child.outputs) != 1:
            return False
        value = child.outputs[0]
    return value is container.outputs[0]


def is_numbered(container: Container) -> bool:
    """Whether the names of its children are their positions."""
    return all(child.key == str(index) for index, child in enumerate(container.children))


def needed_children(container: Container, wanted: tuple[Value, ...]) -> set[Child]:
    """The children that these values depend on."""
    needed = set(wanted)
    found: set[Child] = set()
    for child in reversed(container.children):
        if not needed.isdisjoint(child.outputs):
            found.add(child)
            needed.update(child.inputs)
    return found
