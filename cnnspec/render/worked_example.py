"""Examples that the compiler works: a few items, and beside each the numbers that follow from it.

An example begins with `# input: […]`, items follow, and a comment behind an item says what to look at. Nothing else is
written down: shapes, sizes, parameters, cost, view and drawings come from the plan of the example.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.check import check_text
from cnnspec.render.derivation import derivations
from cnnspec.render.window_drawing import drawings

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Node

_HEAD = "# input: "
_REMARK = re.compile(r" +# (.*)$", re.MULTILINE)
_ITEM = re.compile(r"^- (?:.*\n?)(?:[ ].*\n?)*", re.MULTILINE)
_FIRST_LINE = 4
"""Above the items of an example stand, once it is a whole spec, three lines."""


class WorkedItem(NamedTuple):
    """An item, and what follows from it."""

    written: str
    remark: str
    numbers: tuple[str, ...]
    drawing: tuple[str, ...]
    """Lines that keep their columns; often none."""


def is_worked(example: str) -> bool:
    """Whether it is a list of items with what enters: then its numbers can be told."""
    return example.startswith(_HEAD)


def worked_items(example: str) -> list[WorkedItem]:
    """The items of an example with their numbers; the example has no errors."""
    head, _, items = example.partition("\n")
    entry = head.removeprefix(_HEAD)
    result = check_text(f"cnnspec: 1\ninput: {entry}\nlayers:\n{items}\n", "example.yaml")
    plan = result.require_plan()
    lines = derivations(plan)
    found = []
    for match in _ITEM.finditer(items):
        first = _FIRST_LINE + items.count("\n", 0, match.start())
        last = first + match[0].rstrip("\n").count("\n")
        nodes = [node for node in plan.nodes if first <= node.place.line <= last]
        numbers = [line for node in nodes for line in _numbers(node, lines[node], alone=len(nodes) == 1)]
        remark = " ".join(_REMARK.findall(match[0]))
        written = _REMARK.sub("", match[0]).rstrip()
        found.append(WorkedItem(written, remark, tuple(numbers), tuple(_drawn(nodes))))
    return found


def commented(example: str) -> str:
    """The example as YAML, with its numbers as comments."""
    head = example.partition("\n")[0]
    return "\n".join([head, *(line for item in worked_items(example) for line in _yaml_lines(item))])


def _yaml_lines(item: WorkedItem) -> Iterator[str]:
    first, *rest = item.written.split("\n")
    yield f"{first}  # {item.remark}" if item.remark else first
    yield from rest
    yield from (f"#     {line}" for line in item.numbers)
    if item.drawing:
        yield from ("#", *(f"#     {line}".rstrip() for line in item.drawing), "#")


def example_text(example: str, width: int) -> str:
    """The example for a terminal, in so many columns."""
    head = example.partition("\n")[0]
    parts = [f"  input: {head.removeprefix(_HEAD)}", *(_item_text(i, width) for i in worked_items(example))]
    return "\n".join(parts).rstrip()


def _item_text(item: WorkedItem, width: int) -> str:
    lines = [line for written in item.written.split("\n") for line in _wrapped(written, "  ", width)]
    for text in (item.remark, *item.numbers):
        lines += _wrapped(text, "      ", width) if text else []
    lines += ["", *(f"    {line}".rstrip() for line in item.drawing), ""] if item.drawing else []
    return "\n".join(lines)


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    inner = indent + " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text.strip(),
        width,
        initial_indent=inner,
        subsequent_indent=f"{inner}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _numbers(node: Node, derived: tuple[str, ...], *, alone: bool) -> Iterator[str]:
    inputs = ", ".join(str(value.shape) for value in node.inputs)
    kind = "" if alone else f"{node.kind}: "
    free = "" if node.params else ", no parameters"
    yield f"{kind}{inputs} → {node.shape}{free}"
    yield from (line for line in derived if not line.endswith(", as its input"))


def _drawn(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        x, y = node.inputs[0].shape, node.shape
        assert node.layer is not None and x is not None and y is not None
        for number, drawing in enumerate(drawings(node.layer, x, y)):
            yield from ["", *drawing] if number else drawing
