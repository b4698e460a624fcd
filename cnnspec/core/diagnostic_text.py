"""A diagnostic for a person: place, what is wrong, the line with a caret under it, what to write."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Literal

from cnnspec.core.diagnostic import Diagnostic, Place, Severity
from cnnspec.core.terminal import printable, terminal_width, text_width

Role = Literal["place", "error", "warning"]
Style = Callable[[str, Role], str]
_MARGIN = 7
"""Columns before a quoted line: its number and a bar."""


def plain(text: str, _role: Role) -> str:
    """A style without colours."""
    return text


def diagnostic_text(diagnostic: Diagnostic, style: Style = plain) -> str:
    """One diagnostic on a few lines."""
    where = style(f"{_where(diagnostic.place)}:", "place")
    label = style(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    head = f"{where} {label} {printable(diagnostic.message)}"
    hint = [indented(diagnostic.hint)] if diagnostic.hint else []
    related = [indented(f"{_where(place)}: {message}") for place, message in diagnostic.related]
    return "\n".join([head, *_quote(diagnostic.place, diagnostic.severity, style), *related, *hint])


def _where(place: Place) -> str:
    return f"{printable(place.source.name)}:{place.line}:{place.column}"


def indented(text: str) -> str:
    """Three columns in, broken at spaces; a path or a piece of YAML is never hyphenated."""
    return textwrap.fill(
        printable(text),
        terminal_width(),
        initial_indent="   ",
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quote(place: Place, severity: Severity, style: Style) -> list[str]:
    line = printable(place.source.line(place.line).replace("\t", " "))
    if not line.strip():
        return []
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    line, start, end = _clip(line.rstrip(), start, max(end, start + 1))
    carets = style("^" * max(1, text_width(line[start:end])), severity)
    number = f"{place.line:>4}"
    return [f"{number} | {line}", f"     | {' ' * text_width(line[:start])}{carets}"]


def _clip(line: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a long line around what is pointed at."""
    room = terminal_width() - _MARGIN
    if text_width(line) <= room:
        return line, start, min(end, max(len(line), start + 1))
    first = max(0, min(start - room // 3, len(line) - room + 2))
    part = line[first : first + room - 2]
    cut = "…" if first else ""
    tail = "…" if first + room - 2 < len(line) else ""
    offset = len(cut) - first
    return f"{cut}{part}{tail}", start + offset, min(end + offset, len(cut) + len(part))
