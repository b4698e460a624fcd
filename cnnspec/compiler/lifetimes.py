"""How long each value of a forward pass is held.

A value is free as soon as the last node that needs it has run, but for what Python itself holds while it runs the
module that is printed of the plan:

- what enters a namespace, until the namespace is left: the caller has it;
- what has a name in a `forward` that branches, until the name is taken by another value, or the `forward` is left.
  A call that is written inside a merge, because the merge alone reads it and comes next, takes no name.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, chain, count
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.emit import Function, Module, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.compiler.plan import Node, Value

_FIRST, _OTHERS = "x", ("y", "z", "u", "v", "w")
"""What values are called that have no name of their own."""


class Step(NamedTuple):
    """A node of a namespace, or a namespace in it as one: what it reads from outside, and what it gives."""

    nodes: list[Node]
    inputs: list[Value]
    outputs: list[Value]


def last_uses(nodes: Sequence[Node], outputs: Iterable[Value]) -> dict[Node, list[Value]]:
    """Which values are let go when a node has run; the outputs never are. `nodes`: those that are run, in order."""
    position = {node: index for index, node in enumerate(nodes)}
    last: dict[Value, Node] = {node: node for node in nodes}
    for node in nodes:
        last.update(dict.fromkeys(node.inputs, node))
    uses = Counter(value for node in nodes for value in node.inputs)
    kept = set(outputs)
    uses.update(kept)

    def hold(value: Value, node: Node) -> None:
        last[value] = max(last.get(value, node), node, key=position.__getitem__)

    for space, inside in _spaces(nodes).items() if nodes else ():
        steps = _steps(space, inside, uses)
        end = inside[-1]
        entered = [value for step in steps for value in step.inputs if not _is_inside(value, space)]
        for value in entered if space else ():
            hold(value, end)
        for value, node in _named(steps, entered, uses, end):
            hold(value, node)
    found: dict[Node, list[Value]] = {}
    for value, node in last.items():
        if value not in kept:
            found.setdefault(node, []).append(value)
    return found


def _spaces(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    """The nodes of each namespace, in order; of the whole network's under no name."""
    found: dict[str, list[Node]] = {"": list(nodes)}
    for node in nodes:
        for space in accumulate(node.path.split(".")[:-1], "{}.{}".format):
            found.setdefault(space, []).append(node)
    return found


def _is_inside(value: Value, space: str) -> bool:
    return value.node is not None and (not space or value.node.path.startswith(f"{space}."))


def _steps(space: str, nodes: Sequence[Node], uses: Counter[Value]) -> list[Step]:
    depth = len(space.split(".")) if space else 0
    inside: dict[tuple[str, bool], list[Node]] = {}
    for node in nodes:
        name, *deeper = node.path.split(".")[depth:]
        inside.setdefault((name, bool(deeper)), []).append(node)
    return [_step(members, uses) for members in inside.values()]


def _step(nodes: list[Node], uses: Counter[Value]) -> Step:
    if len(nodes) == 1:
        return Step(nodes, list(dict.fromkeys(nodes[0].inputs)), list(nodes))
    members = set(nodes)
    read = Counter(value for node in nodes for value in node.inputs)
    inputs = [value for value in read if value.node not in members]
    return Step(nodes, inputs, [node for node in nodes if uses[node] > read[node]])


def _named(
    steps: Sequence[Step], entered: Sequence[Value], uses: Counter[Value], end: Node
) -> list[tuple[Value, Node]]:
    """Until when a `forward` holds the values that it has names for."""
    if all(len(step.inputs) <= 1 for step in steps):
        return []  # a chain, which is printed without names
    inlined = _inlined(steps, uses)
    names = Names(entered)
    last = {value: index for index, step in enumerate(steps) for value in step.inputs}
    last.update((value, len(steps)) for step in steps for value in step.outputs if value not in last)
    bound = {names.of(value): value for value in dict.fromkeys(entered)}
    found: list[tuple[Value, Node]] = []
    for index, step in enumerate(steps):
        names.free([value for value in step.inputs if last[value] == index])
        for output in step.outputs:
            name = names.give(output, _own_name(step))
            if index not in inlined:
                if name in bound:
                    found.append((bound[name], step.nodes[-1]))
                bound[name] = output
    return [*found, *((value, end) for value in bound.values())]


def _own_name(step: Step) -> str:
    """What the value of a single item is called, where the item has a name."""
    name = step.nodes[0].path.rpartition(".")[2]
    return "" if len(step.nodes) > 1 or name[0].isdigit() else name


def _last_name(value: Value) -> str:
    return value.node.path.rpartition(".")[2] if value.node is not None else ""


class Names:
    """The local names of a `forward`, as `codegen.forward` gives them: one that is not read any more goes to the next value."""

    def __init__(self, entered: Iterable[Value]) -> None:
        inputs = list(dict.fromkeys(entered))
        self._names: dict[Value, str] = {}
        self._free: list[str] = []
        for value in inputs:
            self.give(value, "" if len(inputs) == 1 else value.name or _last_name(value))

    def of(self, value: Value) -> str:
        """The name of a value."""
        return self._names[value]

    def free(self, values: Iterable[Value]) -> None:
        """The names of values that are read for the last time; the one that came in first is given away first."""
        names = [self._names.pop(value) for value in values]
        self._free = sorted(names, key=lambda name: name != _FIRST)

    def give(self, value: Value, wish: str) -> str:
        """A name for a new value: one of those that are free just now, its own, or the first that nobody has."""
        taken = set(self._names.values())
        counted = (f"{_FIRST}{number}" for number in count())
        candidates = (*([wish] if wish else []), _FIRST, *_OTHERS)
        if self._free:
            name = self._free.pop(0)
        else:
            name = next(name for name in chain(candidates, counted) if name not in taken)
        self._names[value] = name
        return name


def _inlined(steps: Sequence[Step], uses: Counter[Value]) -> set[int]:
    """The steps that are calls inside the merge that alone reads them: those right before it, in its inputs' order."""
    found: set[int] = set()
    for index, merge in enumerate(steps):
        if not _is_merge(merge):
            continue
        later, before = list(merge.nodes[0].inputs), index - 1
        while before >= 0 and _is_call(steps[before]) and len(steps[before].outputs) == 1:
            (output,) = steps[before].outputs
            if uses[output] != 1 or output not in later:
                break
            found.add(before)
            del later[later.index(output) :]
            before -= 1
    return found


def _is_merge(step: Step) -> bool:
    emit = _emit(step)
    return isinstance(emit, Operator) or (isinstance(emit, Function) and emit.packed)


def _is_call(step: Step) -> bool:
    return len(step.nodes) > 1 or isinstance(_emit(step), Module)


def _emit(step: Step) -> object:
    """What a single node is in torch."""
    node = step.nodes[0]
    shape = node.inputs[0].shape
    return node.layer.emit(shape) if len(step.nodes) == 1 and node.layer and shape else None
