"""How long each value of a forward pass is held.

A value is free as soon as the last node that needs it has run, but for what Python itself holds while it runs the
module that is printed of the plan:

- what enters a namespace, until the namespace is left: the caller has it;
- what has a name in a `forward` that branches, until the name is taken by another value, or the `forward` is left.
  A statement's value takes the name of one of the values that it is the last to read. A call that is written inside
  a merge, because the merge alone reads it and comes next, has no name.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.emit import Function, Module, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.compiler.plan import Node, Value


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

    for space, inside in _spaces(nodes).items():
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
    inside: dict[str, list[Node]] = {}
    for node in nodes:
        inside.setdefault(node.path.split(".")[depth], []).append(node)
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
    """The values whose names outlive them, and the node that takes the name, or ends the namespace."""
    if all(len(step.inputs) <= 1 for step in steps):
        return []
    inlined = _inlined(steps, uses)
    reads = _reads(steps, inlined)
    last = {value: index for index, values in enumerate(reads) for value in values}
    first = entered[0] if len(set(entered)) == 1 else None
    idle: list[Value] = []
    found: list[tuple[Value, Node]] = []
    for index, step in enumerate(steps):
        if index in inlined:
            continue
        free = [value for value in reads[index] if last[value] == index]
        free.sort(key=lambda value: value is not first)
        for output in step.outputs:
            if free:
                taken = free.pop(0)
                first = output if taken is first else first
            elif idle:
                found.append((idle.pop(0), step.nodes[-1]))
        idle += free
    return [*found, *((value, end) for value in idle)]


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


def _reads(steps: Sequence[Step], inlined: set[int]) -> list[list[Value]]:
    """The values with a name that each step reads: of a merge those of the calls inside it, too."""
    found: list[list[Value]] = []
    inside: list[Step] = []
    for index, step in enumerate(steps):
        if index in inlined:
            inside.append(step)
            found.append([])
            continue
        unnamed = {output for call in inside for output in call.outputs}
        values = [value for call in (*inside, step) for value in call.inputs if value not in unnamed]
        found.append(list(dict.fromkeys(values)))
        inside = []
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
