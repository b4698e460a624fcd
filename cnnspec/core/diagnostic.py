"""Diagnostics and the places that they point at, as data: rules make them, renderers print them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where lines end, as libyaml counts them."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Source:
    """A named text: a spec's file, or one `--set` of the command line."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, name: str, text: str = "") -> None:
        """`name` stands before line numbers in messages; `text` is empty where no line can be printed."""
        self.name = name
        self.text = text
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """The text of line `number`, from 1; empty beyond the end."""
        if self._lines is None:
            self._lines = LINE_BREAK.split(self.text)
        return self._lines[number - 1] if number <= len(self._lines) else ""


class Place(NamedTuple):
    """A stretch of a source; lines and columns count characters from 1, the end is exclusive."""

    source: Source
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


class Related(NamedTuple):
    """A second place of a diagnostic, and what is there: the first of two equal keys, a block's call."""

    place: Place
    message: str


class Diagnostic(NamedTuple):
    """One mistake: its code, what is wrong (with the numbers in it), where, and what to write instead."""

    code: str
    message: str
    place: Place
    hint: str = ""
    severity: Severity = "error"
    related: tuple[Related, ...] = ()


class Findings:
    """Base of what collects diagnostics: `error` and `warning` build one and hand it to `add`."""

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one."""
        raise NotImplementedError

    def error(
        self, code: str, message: str, place: Place, hint: str = "", related: tuple[Related, ...] = ()
    ) -> None:
        """Record an error."""
        self.add(Diagnostic(code, message, place, hint, "error", related))

    def warning(
        self, code: str, message: str, place: Place, hint: str = "", related: tuple[Related, ...] = ()
    ) -> None:
        """Record a warning."""
        self.add(Diagnostic(code, message, place, hint, "warning", related))


class Report(Findings):
    """The diagnostics of one check.

    Those that differ in nothing but numbers, as in the rounds of a repeat, are kept once, with a count.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[str, Place, str], Diagnostic] = {}
        self._counts: dict[tuple[str, Place, str], int] = {}
        self.total = 0
        """The number of calls of `add`."""

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a diagnostic, or count it where one with the same code, place and words is there."""
        key = (diagnostic.code, diagnostic.place, _NUMBER.sub("0", diagnostic.message))
        self._first.setdefault(key, diagnostic)
        self._counts[key] = self._counts.get(key, 0) + 1
        self.total += 1

    def drop(self, unwanted: Callable[[Diagnostic], bool]) -> None:
        """Forget those of which `unwanted` is true."""
        self._first = {key: found for key, found in self._first.items() if not unwanted(found)}

    @property
    def errors(self) -> int:
        """The number of different errors."""
        return sum(diagnostic.severity == "error" for diagnostic in self._first.values())

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All, in the order of the file, errors before warnings of the same place."""
        counted = (_with_count(first, self._counts[key]) for key, first in self._first.items())
        return tuple(sorted(counted, key=lambda d: (d.place.line, d.place.column, d.severity)))


def _with_count(diagnostic: Diagnostic, count: int) -> Diagnostic:
    if count == 1:
        return diagnostic
    return diagnostic._replace(message=f"{diagnostic.message} ({count} times)")
