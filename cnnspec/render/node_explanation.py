"""How one node's shape, parameters, cost and view come about: every step from the input to it, with the numbers."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.plain_values import yaml_text
from cnnspec.core.plural import plural
from cnnspec.core.terminal import printable, terminal_width
from cnnspec.render.declaration import argument_rows
from cnnspec.render.derivation import derivations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.render.node_names import FoundValue

_LEGEND = {
    "size: ⌊(": "size: ⌊(n + 2·padding − dilation·(kernel − 1) − 1)/stride⌋ + 1, for n elements that come in.",
    "parameters": "parameters: the sizes of each tensor of weights multiplied; a convolution's are filters, channels that a "
    "filter sees, kernel.",
    "MACs": "MACs: multiply-accumulates for one image, for each output as many as it adds up.",
    "sees: ": "sees: r + (k − 1)·d·j elements of the network's input along an axis. r: what the step before sees; k: kernel; "
    "d: dilation; j: how far apart in the network's input neighbours lie, which each stride multiplies.",
}
"""How a line begins, and what is in it."""
_UNCHANGED = ", as its input"
"""So ends a line about what a layer leaves as it is."""
_LONGEST_ROUND = 64
"""Rounds of more layers are not looked for."""


class _Rounds(NamedTuple):
    """Steps that are alike to as many before them, some times over; numbers count from 1."""

    first: int
    length: int
    times: int

    @property
    def last(self) -> int:
        return self.first + self.length * self.times - 1


def explain_node(plan: Plan, found: FoundValue) -> str:
    """The chain of steps that leads to a value, and what it comes to; as far as it is known."""
    chain = _ancestors(plan, found.value)
    numbers = {value: number for number, value in enumerate(chain, 1)}
    lines = derivations(plan)
    blocks = [list(_title(plan, found))]
    for part in _folded(chain, numbers):
        told = _rounds_lines(part, chain, lines) if isinstance(part, _Rounds) else _step(part, numbers, lines)
        blocks.append(list(told))
    nodes = [value.node for value in chain if value.node is not None]
    blocks += [list(_total(plan, nodes)), list(_legend(nodes, lines))]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _title(plan: Plan, found: FoundValue) -> Iterator[str]:
    kind = f"{found.value.node.kind} " if found.value.node is not None else ""
    yield from _wrap(f"{kind}{_name(found.value)} of {plan.name}: {_shape(found.value)}")
    yield from _wrap(found.remark)


def _ancestors(plan: Plan, value: Value) -> list[Value]:
    """All values that it depends on, in the order of construction, and itself."""
    wanted, open_ends = {value}, [value]
    while open_ends:
        node = open_ends.pop().node
        new = [] if node is None else [given for given in node.inputs if given not in wanted]
        wanted.update(new)
        open_ends += new
    return [given for given in (*plan.inputs.values(), *plan.nodes) if given in wanted]


# A step


def _step(value: Value, numbers: Mapping[Value, int], lines: Mapping[Node, tuple[str, ...]]) -> Iterator[str]:
    label, node = f"{numbers[value]}. ", value.node
    if node is None:
        yield from _wrap(f"{label}{_name(value)}: {_shape(value)}", len(label))
        return
    head = f"{label}{node.path}, {_written(node)}{_taken(node, numbers)}"
    inputs = [_shape(value) for value in node.inputs]
    if inputs == [_shape(node)] and all(line.endswith(_UNCHANGED) for line in lines[node]):
        yield from _wrap(f"{head}: the shape stays {_shape(node)}", len(label))
        return
    yield from _wrap(head, len(label))
    for text in (f"{', '.join(inputs)} → {_shape(node)}", *lines[node]):
        yield from _wrap(f"   {text}", 5)


def _taken(node: Node, numbers: Mapping[Value, int]) -> str:
    """Which steps it takes, where that is not the one before alone."""
    taken = [numbers[value] for value in node.inputs]
    if taken == [numbers[node] - 1]:
        return ""
    return f", of {'step' if len(taken) == 1 else 'steps'} {' and '.join(map(str, taken))}"


def _written(node: Node) -> str:
    """The item that it is, with the arguments that differ from their defaults."""
    if node.layer is None:
        return node.kind
    given = {
        row.name: yaml_text(getattr(node.layer, row.name))
        for row in argument_rows(type(node.layer))
        if not row.default or node.layer.changed(row.name)
    }
    if given.keys() <= {node.layer.main}:
        return ": ".join([node.kind, *given.values()])
    return f"{node.kind}: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}"


# Rounds that are alike


def _folded(chain: Sequence[Value], numbers: Mapping[Value, int]) -> Iterator[Value | _Rounds]:
    """The steps; of rounds that are alike the first, and the others as one."""
    looks = [_look(value, numbers) for value in chain]
    start = 0
    while start < len(chain):
        length, times = _rounds(looks, start)
        yield from chain[start : start + length]
        if times > 1:
            yield _Rounds(start + length + 1, length, times - 1)
        start += length * times


def _look(value: Value, numbers: Mapping[Value, int]) -> tuple[object, ...]:
    """What is alike in steps that are told once: the layer, the shapes, and from how far back its inputs come."""
    node = value.node
    if node is None:
        return (value,)
    inputs = ((given.shape, numbers[value] - numbers[given]) for given in node.inputs)
    return (node.kind, node.layer, node.shape, *inputs)


def _rounds(looks: Sequence[tuple[object, ...]], start: int) -> tuple[int, int]:
    """The length of the rounds that begin here, and how many there are: those that spare the most steps, if several."""
    best, spared = (1, 1), 1
    for length in range(1, min(_LONGEST_ROUND, (len(looks) - start) // 2) + 1):
        first, times = looks[start : start + length], 1
        while looks[start + times * length : start + (times + 1) * length] == first:
            times += 1
        if (times - 1) * length > spared:
            best, spared = (length, times), (times - 1) * length
    return best


def _rounds_lines(
    rounds: _Rounds, chain: Sequence[Value], lines: Mapping[Node, tuple[str, ...]]
) -> Iterator[str]:
    first, last = chain[rounds.first - 1], chain[rounds.last - 1]
    again = "once more" if rounds.times == 1 else f"{rounds.times} more times"
    told = (
        f"{rounds.first - rounds.length} to {rounds.first - 1}"
        if rounds.length > 1
        else str(rounds.first - 1)
    )
    steps = "steps" if rounds.length > 1 else "step"
    yield from _wrap(
        f"{rounds.first}–{rounds.last}. {steps} {told}, {again}: {_name(first)} to {_name(last)}", 3
    )
    assert last.node is not None
    for line in lines[last.node]:
        if line.startswith("sees"):
            yield from _wrap(f"   at the end {line}", 5)


# What it comes to


def _total(plan: Plan, nodes: Sequence[Node]) -> Iterator[str]:
    if not nodes:
        return
    if not all(node.known for node in nodes):
        yield from _wrap("Here the shapes are no longer known: what is wrong is told below.")
        return
    params, products = sum(node.params for node in nodes), sum(node.macs for node in nodes)
    whole = f", of {plan.params:,} and {plan.macs:,} in the whole network" if plan.complete else ""
    yield from _wrap(
        f"Together: {plural(len(nodes), 'layer')}, {plural(params, 'parameter')} and {plural(products, 'MAC')}{whole}."
    )


def _legend(nodes: Sequence[Node], lines: Mapping[Node, tuple[str, ...]]) -> Iterator[str]:
    """What the letters in the lines above stand for."""
    told = [line for node in nodes for line in lines[node]]
    for mark, text in _LEGEND.items():
        if any(line.startswith(mark) for line in told):
            yield from _wrap(text, 2)


def _name(value: Value) -> str:
    return value.node.path if value.node is not None else value.name or "input"


def _shape(value: Value) -> str:
    return "?" if value.shape is None else str(value.shape)


def _wrap(text: str, rest: int = 0) -> list[str]:
    """The text in the terminal's width; `rest` columns stay free before all lines but the first."""
    return textwrap.wrap(
        printable(text.strip()),
        terminal_width(),
        initial_indent=text[: len(text) - len(text.lstrip())],
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )
