"""Where a parser stopped, and what a rule says of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.diagnostic import Place, Related
from cnnspec.reader.errors import indentation

if TYPE_CHECKING:
    from yaml.error import Mark, MarkedYAMLError

    from cnnspec.core.diagnostic import Source
    from cnnspec.reader.events import Event

_WORD = re.compile(r"[\w.$-]+|.")


class Finding(NamedTuple):
    """What a rule has to say; without a place of its own it is about where the parser stopped."""

    message: str
    hint: str
    place: Place | None = None
    related: tuple[Related, ...] = ()
    code: str = "yaml-syntax"


class Fault:
    """Where the parser stopped, and what it was about."""

    def __init__(self, source: Source, error: MarkedYAMLError, last: Event | None) -> None:
        self.source = source
        self.context = error.context or ""
        self.problem = error.problem or ""
        self.last = last
        self.place = self._where(error.problem_mark)
        self.opening = self._where(error.context_mark) if error.context_mark else None

    def _where(self, mark: Mark | None) -> Place:
        # Not a tab: it may be what is wrong.
        if mark is None or mark.index >= len(self.source.text.rstrip(" \r\n\x85\u2028\u2029")):
            return indentation.end_of(self.source)
        line = self.source.line(mark.line + 1)
        word = _WORD.match(line, mark.column)
        end = word.end() if word else mark.column
        return Place(self.source, mark.line + 1, mark.column + 1, mark.line + 1, end + 1)

    @property
    def line(self) -> str:
        """The line where the parser stopped."""
        return self.source.line(self.place.line)

    @property
    def character(self) -> str:
        """The character at which it stopped; empty at the end of a line or the text."""
        return self.line[self.place.column - 1 : self.place.column]

    @property
    def opener(self) -> str:
        """The character that began what it was about: a quote, a bracket; empty for none."""
        if self.opening is None:
            return ""
        return self.source.line(self.opening.line)[self.opening.column - 1 : self.opening.column]
