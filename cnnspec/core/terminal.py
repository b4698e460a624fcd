"""Text on a terminal, whatever the spec holds: what can be printed, and how many columns it takes."""

from __future__ import annotations

import os
import sys


def printable(text: str) -> str:
    """The text without what could move a terminal's cursor, turn its lines around, or not be seen."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "·" for character in text)


def escape(text: str) -> str:
    """The text with what is not printable written as Python writes it, so that names differ where files' do."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def terminal_width() -> int:
    """Columns to fill: the terminal's, within reason, and 80 where there is none."""
    import shutil  # noqa: PLC0415 -- a spec that is fine needs no width

    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 100)


def is_terminal() -> bool:
    """Whether lines go to a terminal, or COLUMNS says that they will: a file has room for all."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def text_width(text: str) -> int:
    """How many columns a terminal takes for the text."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    import unicodedata  # noqa: PLC0415 -- ASCII never needs it

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
