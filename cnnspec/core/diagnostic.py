"""Findings as data. A rule makes them, a renderer prints them; neither knows the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where lines end, as libyaml counts them."""


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Source:
    """A text that places point into: a spec's file, or one `--set` of the command line."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, name: str, text: str = "") -> None:
        """`name` is what the user calls it; `text` is empty where there is nothing to quote."""
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
    """A second place that helps to understand a finding, and what it has to do with it."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: where it is, what is wrong with the numbers in it, what to write instead."""

    code: str
    message: str
    place: Place
    hint: str = ""
    severity: Severity = "error"
    related: tuple[Related, ...] = ()


class Findings:
    """Collects diagnostics; the same mistake met again, in a repeat say, is counted, not repeated."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Place, str], Diagnostic] = {}
        self._counts: dict[tuple[str, Place, str], int] = {}
        self.recorded = 0
        """How often something was recorded, the same mistake again included."""

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

    def add(self, diagnostic: Diagnostic) -> None:
        """Record what was found, or count it: in the rounds of a repeat only its numbers differ."""
        key = (diagnostic.code, diagnostic.place, _NUMBER.sub("0", diagnostic.message))
        self._found.setdefault(key, diagnostic)
        self._counts[key] = self._counts.get(key, 0) + 1
        self.recorded += 1

    @property
    def errors(self) -> int:
        """How many different errors were recorded."""
        return sum(found.severity == "error" for found in self._found.values())

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All, in the order of the file, errors before warnings of the same place."""
        told = (_with_count(found, self._counts[key]) for key, found in self._found.items())
        return tuple(sorted(told, key=lambda d: (d.place.line, d.place.column, d.severity)))


def _with_count(diagnostic: Diagnostic, count: int) -> Diagnostic:
    if count == 1:
        return diagnostic
    return replace(diagnostic, message=f"{diagnostic.message} ({count} times)")
