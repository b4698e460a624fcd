"""Words, numbers and lines that are fit for a terminal, whatever the spec holds."""

from __future__ import annotations

import os
import sys


def printable(text: str) -> str:
    """The text without what could move a terminal's cursor, turn its lines around, or not be seen."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "·" for character in text)


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


def macs(number: int) -> str:
    """Multiply-accumulates as one reads them: 0.48 M, 4.09 G."""
    if number >= 10**9:
        return f"{number / 10**9:,.2f} G"
    return f"{number / 10**6:.2f} M" if number >= 10**4 else f"{number:,}"
