"""Rounds of a class: lines that differ only in numbers that count on are a loop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.codegen.printing import WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST = 5
"""So many lines are a loop; fewer are read more easily as they are."""
_NUMBER = re.compile(
    r"(?<=\bself\.)(?P<name>[^\W\d]\w*?)(?P<end>[1-9]\d*|0)\b|(?<=[(, =])(?P<alone>\d+)(?=[), ])"
)
_MADE = re.compile(r"self\.(?P<name>\w*)\0 = (?!nn\.Parameter)(?P<module>.*)")
_READ = re.compile(r"self\.(?P<name>\w*)\0")


class _Line(NamedTuple):
    text: str
    """With a zero byte for each number that may count."""
    numbers: tuple[int, ...]
    comment: str


def with_loops(made: list[str], forward: list[str]) -> tuple[list[str], list[str]]:
    """The constructor's and the forward's statements; where members are made in a loop, they are read in one."""
    members: set[str] = set()

    def made_in_loop(line: str) -> str | None:
        found = _MADE.fullmatch(line)
        if found is None:
            return None
        members.add(found["name"])
        return f'self.add_module(f"{found["name"]}{{\0}}", {found["module"]})'

    def read_in_loop(line: str) -> str | None:
        if not any(found["name"] in members for found in _READ.finditer(line)):
            return None
        return _READ.sub(r'getattr(self, f"\g<name>{\0}")', line)

    made = _folded(made, made_in_loop)
    if not members:
        return made, forward
    named = _named_last(forward)
    folded = _folded(named, read_in_loop)
    if named is not forward and folded[-2] == named[-2]:  # no part of a loop
        folded[-2:] = forward[-1:]
    return made, folded


def _folded(lines: list[str], rewritten: Callable[[str], str | None]) -> list[str]:
    parsed = [_parsed(line) for line in lines]
    found: list[str] = []
    start = 0
    while start < len(lines):
        end = _end_of_run(parsed, start)
        loop = _loop(parsed[start:end], rewritten) if end - start >= _LEAST else []
        found += loop or lines[start:end]
        start = end
    return found


def _parsed(line: str) -> _Line:
    code, mark, comment = line.partition("  # ")
    numbers = tuple(int(found["end"] or found["alone"]) for found in _NUMBER.finditer(code))
    return _Line(_NUMBER.sub(lambda found: f"{found['name'] or ''}\0", code), numbers, mark + comment)


def _end_of_run(lines: list[_Line], start: int) -> int:
    """Where the lines end that are alike but for numbers that go on in equal steps."""
    end = start + 1
    while end < len(lines) and lines[end].text == lines[start].text:
        if end > start + 1 and _steps(*lines[end - 1 : end + 1]) != _steps(*lines[start : start + 2]):
            break
        end += 1
    return end


def _steps(before: _Line, after: _Line) -> list[int]:
    return [b - a for a, b in zip(before.numbers, after.numbers, strict=True)]


def _loop(run: list[_Line], rewritten: Callable[[str], str | None]) -> list[str]:
    """The run as a loop; nothing where it can't be one."""
    first, second = run[:2]
    pad, statement = first.text[:8], first.text[8:]
    steps = _steps(first, second)
    if pad.strip() or statement.startswith(" ") or not any(steps):  # one in `if self.training:` stays there
        return []
    body = rewritten(statement)
    if body is None:
        return []
    for start, step in zip(first.numbers, steps, strict=True):
        body = body.replace("\0", _term(start, step), 1)
    comment = first.comment if all(line.comment == first.comment for line in run) else ""
    line = f"            {body}{comment}"
    return [f"        for i in range({len(run)}):", line] if len(line) <= WIDTH else []


def _term(start: int, step: int) -> str:
    """A number that goes on in equal steps: `64 + 32 * i`."""
    times = "i" if abs(step) == 1 else f"{abs(step)} * i"
    if step == 0:
        return str(start)
    if start == 0:
        return times
    return f"i + {start}" if step == 1 else f"{start} {'+' if step > 0 else '-'} {times}"


def _named_last(forward: list[str]) -> list[str]:
    """The statements with what is returned assigned first, as all before it are."""
    *rest, last = forward
    before = re.match(r" {8}(\w+) = ", rest[-1])
    value = last.removeprefix("        return ")
    if before is None or value == last or value.isidentifier():
        return forward
    return [*rest, f"{before[0]}{value}", f"        return {before[1]}"]
