"""Diagnostics for a person: place, what is wrong, the line with a caret under it, what to write."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from cnnspec.render.text import columns, printable, terminal_width

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Diagnostic, Place

_COLOURS = {"error": "red", "warning": "yellow"}
_MARGIN = 7
"""Columns before a quoted line: its number and a bar."""


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic on a few lines, styled; whoever prints it drops the style where it is not wanted."""
    colour = _COLOURS[diagnostic.severity]
    where = click.style(f"{_where(diagnostic.place)}:", bold=True)
    label = click.style(f"{diagnostic.severity}[{diagnostic.code}]", fg=colour, bold=True)
    parts = [f"{where} {label} {printable(diagnostic.message)}", *_quote(diagnostic.place, colour)]
    parts += [_wrapped(diagnostic.hint)] if diagnostic.hint else []
    parts += [_wrapped(f"{_where(related.place)}: {related.message}") for related in diagnostic.related]
    return "\n".join(parts)


def _where(place: Place) -> str:
    return f"{printable(place.source.name)}:{place.line}:{place.column}"


def _wrapped(text: str) -> str:
    """Three columns in, broken at spaces; a path or a piece of YAML is never hyphenated."""
    return textwrap.fill(
        printable(text),
        terminal_width(),
        initial_indent="   ",
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quote(place: Place, colour: str) -> list[str]:
    line = printable(place.source.line(place.line).replace("\t", " "))
    if not line.strip():
        return []
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    line, start, end = _clipped(line.rstrip(), start, max(end, start + 1))
    carets = click.style("^" * max(1, columns(line[start:end])), fg=colour, bold=True)
    number = f"{place.line:>4}"
    return [f"{number} | {line}", f"     | {' ' * columns(line[:start])}{carets}"]


def _clipped(line: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a long line around what is pointed at."""
    room = terminal_width() - _MARGIN
    if columns(line) <= room:
        return line, start, min(end, max(len(line), start + 1))
    first = max(0, min(start - room // 3, len(line) - room + 2))
    part = line[first : first + room - 2]
    cut = "…" if first else ""
    tail = "…" if first + room - 2 < len(line) else ""
    offset = len(cut) - first
    return f"{cut}{part}{tail}", start + offset, min(end + offset, len(cut) + len(part))


def plain(diagnostic: Diagnostic) -> str:
    """The same without style."""
    return click.unstyle(render(diagnostic))
