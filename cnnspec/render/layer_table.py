"""The summary as a table for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

import click

from cnnspec.compiler.receptive_field import receptive_fields
from cnnspec.core.memory_text import memory_text
from cnnspec.core.plural import plural
from cnnspec.core.terminal import is_terminal, printable, terminal_width, text_width
from cnnspec.render.columns import GAP, align, column_widths
from cnnspec.render.derivation import derivations
from cnnspec.render.headline import cost, shapes, sizes_text
from cnnspec.render.layer_rows import Row, layer_rows
from cnnspec.render.numbers import macs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnspec.compiler.plan import Node, Plan
    from cnnspec.render.memory_totals import MemoryTotals

_SHORTEST_NAME = 12


class Column(NamedTuple):
    """A column of the table: its head, what it shows, and what that means."""

    head: str
    text: Callable[[Row], str]
    meaning: str
    right: bool = False
    rank: int = 0
    """Where the terminal is too narrow, the columns with the highest ranks are left out; those of rank 0 never."""


def render(
    plan: Plan, *, explain: bool = False, depth: int | None = None, memory: MemoryTotals | None = None
) -> str:
    """A row for each layer up to the first that is unknown, then the totals if all are known, and a legend.

    `depth`: after how many names of their paths layers are one row; `memory`: what is to be told of it.
    """
    rows = layer_rows(plan, depth)
    columns = _fitting(_columns(plan, rows, memory), rows)
    texts = _shortened(_texts(columns, rows), columns)
    head, *body = align(texts, {index for index, column in enumerate(columns) if column.right})
    lines = [_title(plan), "", click.style(head, bold=True)]
    derived = derivations(plan) if explain else {}
    for row, line in zip(rows, body, strict=True):
        lines.append(line)
        lines += [click.style(text, dim=True) for text in _explained(row, derived)]
    totals = memory.lines() if memory is not None else []
    return "\n".join([*lines, "", *_totals(plan), *totals, "", _legend(columns)])


def _columns(plan: Plan, rows: Sequence[Row], memory: MemoryTotals | None) -> list[Column]:
    """The columns that say something of these rows."""
    fields = receptive_fields(plan)
    columns = [
        Column("line", lambda row: str(row.nodes[0].place.line), "where it is written", right=True, rank=5),
        Column("name", lambda row: printable(row.path), "its path in the network"),
        Column("kind", _kind, "the layer, or the block", rank=2),
        Column("output", lambda row: sizes_text(plan, row.last), "channels × sizes, without the batch"),
        Column("params", lambda row: _number(row.params), "learned numbers", right=True, rank=1),
        Column("MACs", _macs, "multiply-accumulates of one sample, two FLOPs each", right=True, rank=3),
        Column(
            "sees",
            lambda row: _receptive_field_text(fields[row.last]),
            "how much of the input, in positions along each axis",
            rank=4,
        ),
    ]
    if memory is not None and memory.layers:
        layers = memory.layers
        columns.append(
            Column(
                "memory",
                lambda row: _memory(row, layers),
                "what training holds for it: weights, gradients, optimizer, and what the backward pass needs",
                right=True,
            )
        )
    if any(row.rounds > 1 for row in rows):
        meaning = "so many rounds in a row are alike: the last is shown, with its own numbers"
        columns.append(
            Column("×", lambda row: str(row.rounds) if row.rounds > 1 else "", meaning, right=True)
        )
    return columns


def _kind(row: Row) -> str:
    return printable(row.kind) or plural(len(row.nodes), "layer")


def _number(number: int) -> str:
    return f"{number:,}" if number else ""


def _macs(row: Row) -> str:
    return macs(row.macs) if row.macs else ""


def _memory(row: Row, layers: Mapping[Node, int]) -> str:
    total = sum(layers.get(node, 0) for node in row.nodes)
    return memory_text(total) if total else ""


def _receptive_field_text(field: tuple[int, ...] | None) -> str:
    if not field:
        return ""
    return str(field[0]) if len(set(field)) == 1 else "×".join(map(str, field))


def _title(plan: Plan) -> str:
    heading = click.style(printable(plan.name), bold=True)
    return f"{heading}: {shapes(plan)}" if plan.complete and plan.nodes else heading


def _totals(plan: Plan) -> list[str]:
    if not plan.complete:
        return ["From here on the shapes are not known."]
    return [cost(plan)]


# What fits


def _fitting(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """The columns that the terminal is wide enough for, where a name may be shortened; a file has room for all."""
    kept = list(columns)
    while is_terminal() and _least_width(kept, rows) > terminal_width():
        dropped = max(kept, key=lambda column: column.rank)
        if not dropped.rank:
            break
        kept.remove(dropped)
    return kept


def _least_width(columns: Sequence[Column], rows: Sequence[Row]) -> int:
    widths = column_widths(_texts(columns, rows))
    return sum(
        min(width, _SHORTEST_NAME) if column.head == "name" else width
        for column, width in zip(columns, widths, strict=True)
    ) + len(GAP) * (len(columns) - 1)


def _texts(columns: Sequence[Column], rows: Sequence[Row]) -> list[list[str]]:
    """The table's head and rows."""
    return [[column.head for column in columns], *([column.text(row) for column in columns] for row in rows)]


def _shortened(texts: list[list[str]], columns: Sequence[Column]) -> list[list[str]]:
    """Long names lose their beginning, so that a row fits the terminal: names differ at their ends."""
    if not is_terminal():
        return texts
    widths, name = column_widths(texts), [column.head for column in columns].index("name")
    room = terminal_width() - sum(widths) + widths[name] - len(GAP) * (len(columns) - 1)
    return [
        [*row[:name], _shorten_left(row[name], max(room, _SHORTEST_NAME)), *row[name + 1 :]] for row in texts
    ]


def _shorten_left(name: str, room: int) -> str:
    if text_width(name) <= room:
        return name
    return f"…{name[len(name) - (room - 1) :]}"


def _explained(row: Row, derived: Mapping[Node, tuple[str, ...]]) -> list[str]:
    """How the numbers of a row that is one layer come about."""
    lines = derived.get(row.last, ()) if len(row.nodes) == 1 else ()
    return [_wrapped(line, "    ", "        ") for line in lines]


def _legend(columns: Sequence[Column]) -> str:
    told = "; ".join(f"{column.head}: {column.meaning}" for column in columns)
    return click.style(_wrapped(f"{told}."), dim=True)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(text, terminal_width(), initial_indent=first, subsequent_indent=rest)
