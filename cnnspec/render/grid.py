"""Rows of texts as aligned lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.render.text import columns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GAP = "  "


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column."""
    return [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]


def aligned(rows: Sequence[Sequence[str]], right: Collection[int]) -> list[str]:
    """A line for each row; the columns in `right` are aligned at their ends, as numbers are."""
    room = widths(rows)
    return [_line(row, room, right) for row in rows]


def _line(row: Sequence[str], room: list[int], right: Collection[int]) -> str:
    cells = []
    for index, (text, width) in enumerate(zip(row, room, strict=True)):
        space = " " * (width - columns(text))
        cells.append(space + text if index in right else text + space)
    return GAP.join(cells).rstrip()
