"""Rows of texts as lines with aligned columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cnnspec.core.terminal import text_width

GAP = "  "


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is."""
    return [max(text_width(row[i]) for row in rows) for i in range(len(rows[0]))]


def align(rows: Sequence[Sequence[str]], right: Collection[int]) -> list[str]:
    """A line for each row; the columns in `right` are aligned at their ends, as numbers are."""
    widths = column_widths(rows)
    return [_line(row, widths, right) for row in rows]


def _line(row: Sequence[str], widths: list[int], right: Collection[int]) -> str:
    cells = []
    for index, (text, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - text_width(text))
        cells.append(space + text if index in right else text + space)
    return GAP.join(cells).rstrip()
