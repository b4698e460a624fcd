"""Diagnostics and the places that they point at, as data: rules make them, renderers print them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where lines end, as libyaml counts them."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Source:
    """A named text: a spec's file, or one `--set` of the command line."""

    __slots__ = ("_lines", "_starts", "name", "text")

    def __init__(self, name: str, text: str = "") -> None:
        """`name` stands before line numbers in messages; `text` is empty where no line can be printed."""
        self.name = name
        self.text = text
        self._lines: list[str] | None = None
        self._starts: list[int] | None = None

    def line(self, number: int) -> str:
        """The text of line `number`, from 1; empty beyond the end."""
        if self._lines is None:
            self._lines = LINE_BREAK.split(self.text)
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def offset(self, line: int, column: int) -> int:
        """How many characters of the text stand before a line's column."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(self.text))]
        return self._starts[line - 1] + column - 1

    def place(self, start: int, end: int) -> Place:
        """The stretch from one offset to another."""
        return Place(self, *self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        self.offset(1, 1)
        assert self._starts is not None, "just asked for"
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class Place(NamedTuple):
    """A stretch of a source; lines and columns count characters from 1, the end is exclusive."""

    source: Source
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    @property
    def start(self) -> int:
        """How many characters of its source stand before it."""
        return self.source.offset(self.line, self.column)

    @property
    def end(self) -> int:
        """How many characters of its source stand before its end."""
        return self.source.offset(self.end_line, self.end_column)

    @property
    def text(self) -> str:
        """What is written there."""
        return self.source.text[self.start : self.end]


class Related(NamedTuple):
    """A second place of a diagnostic, and what is there: the first of two equal keys, a block's call."""

    place: Place
    message: str


class Edit(NamedTuple):
    """A stretch of a source, empty for an insertion, and the text that takes its place."""

    place: Place
    text: str


class Fix(NamedTuple):
    """A change of the text that was tried: with it the mistake is gone, and no other has come."""

    title: str
    """What to do, in words that follow `you may`: "write `$width`"."""
    certain: bool
    """Whether it is the only one that was found, or mends a misspelt word."""
    edits: tuple[Edit, ...]
    """In the order of the text; none overlaps another."""


def edited(source: Source, edits: Iterable[Edit]) -> str:
    """The source's text with edits applied that don't overlap."""
    text = source.text
    for place, new in sorted(edits, key=lambda edit: edit.place.start, reverse=True):
        text = text[: place.start] + new + text[place.end :]
    return text


class Diagnostic(NamedTuple):
    """One mistake: its code, what is wrong (with the numbers in it), where, and what to write instead."""

    code: str
    message: str
    place: Place
    hint: str = ""
    severity: Severity = "error"
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()


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
