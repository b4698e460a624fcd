"""Words, numbers and lines that are fit for a terminal, whatever the spec holds."""

from __future__ import annotations

import os
import sys

_HUGE = 1e6
"""From here on a loss is a power of ten."""


def printable(text: str) -> str:
    """The text without what could move a terminal's cursor, turn its lines around, or not be seen."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "·" for character in text)


def escaped(text: str) -> str:
    """The text with what is not printable written as Python writes it, so that names differ where files' do."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def terminal_width() -> int:
    """Columns to fill: the terminal's, within reason, and 80 where there is none."""
    import shutil  # noqa: PLC0415 -- a spec that is fine needs no width

    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 100)


def watched() -> bool:
    """Whether lines go to a terminal, or COLUMNS says that they will: a file has room for all."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def columns(text: str) -> int:
    """How many columns a terminal takes for the text."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    import unicodedata  # noqa: PLC0415 -- ASCII never needs it

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def loss(value: float) -> str:
    """A loss as one reads it: 0.0312; one that has exploded 1.46e+32."""
    return f"{value:.4f}" if abs(value) < _HUGE else f"{value:.2e}"


def macs(number: int) -> str:
    """Multiply-accumulates as one reads them: 0.48 M, 4.09 G."""
    if number >= 10**9:
        return f"{number / 10**9:,.2f} G"
    return f"{number / 10**6:.2f} M" if number >= 10**4 else f"{number:,}"
