"""The summary as a table for a terminal."""

from __future__ import annotations

import click

from cnnspec.compiler.plan import Node, Plan
from cnnspec.compiler.receptive_field import receptive_fields
from cnnspec.core.terminal import is_terminal, printable, terminal_width, text_width
from cnnspec.render.columns import GAP, align, column_widths
from cnnspec.render.headline import cost, shapes, sizes_text
from cnnspec.render.numbers import macs

_HEADS = ("line", "name", "kind", "output", "params", "MACs", "sees")
_RIGHT = {0, 4, 5}
_SHORTEST = 12


def render(plan: Plan, *, explain: bool = False) -> str:
    """A row for each layer up to the first that is unknown, then the totals if all are known."""
    fields = receptive_fields(plan)
    nodes = plan.known_nodes
    rows = _fit([_HEADS, *(_row(plan, node, fields[node]) for node in nodes)])
    head, *body = align(rows, _RIGHT)
    lines = [_title(plan), "", click.style(head, bold=True)]
    indent = f"{' ' * column_widths(rows)[0]}{GAP}  "
    for node, line in zip(nodes, body, strict=True):
        lines.append(line)
        lines += [click.style(f"{indent}{text}", dim=True) for text in _formulas(node)] if explain else []
    return "\n".join([*lines, "", *_totals(plan)])


def _title(plan: Plan) -> str:
    heading = click.style(printable(plan.name), bold=True)
    return f"{heading}: {shapes(plan)}" if plan.complete else heading


def _totals(plan: Plan) -> list[str]:
    if not plan.complete:
        return ["From here on the shapes are not known."]
    return [cost(plan)]


def _row(plan: Plan, node: Node, field: tuple[int, ...] | None) -> tuple[str, ...]:
    return (
        str(node.place.line),
        printable(node.path),
        node.kind,
        sizes_text(plan, node),
        f"{node.params:,}" if node.params else "",
        macs(node.macs) if node.macs else "",
        _receptive_field_text(field),
    )


def _receptive_field_text(field: tuple[int, ...] | None) -> str:
    if not field:
        return ""
    return str(field[0]) if len(set(field)) == 1 else "×".join(map(str, field))


def _fit(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Long names lose their beginning, so that a row fits the terminal: names differ at their ends."""
    if not is_terminal():
        return rows
    widths = column_widths(rows)
    room = terminal_width() - sum(widths) + widths[1] - len(GAP) * (len(_HEADS) - 1)
    return [(row[0], _shorten_left(row[1], max(room, _SHORTEST)), *row[2:]) for row in rows]


def _shorten_left(name: str, room: int) -> str:
    if text_width(name) <= room:
        return name
    return f"…{name[len(name) - (room - 1) :]}"


def _formulas(node: Node) -> tuple[str, ...]:
    x, y = node.inputs[0].shape, node.shape
    if node.layer is None or x is None or y is None:
        return ()
    return node.layer.formula(x, y)
