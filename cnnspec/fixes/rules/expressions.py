"""Expressions: misspelt variables, braces and brackets of other languages, missing dollar signs and quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.core.diagnostic import Place
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.fixes.edits import Candidate, replacement
from cnnspec.fixes.mistake import Mistake
from cnnspec.fixes.rules.spelling import similar
from cnnspec.fixes.rules.values import variables

_SYMBOLS = {
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=": "==",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not ",
    "None": "null",
    "True": "true",
    "False": "false",
    "is": "==",
}
_BRACED = re.compile(r"\$\{\s*(\w+)\s*\}")
_MUSTACHE = re.compile(r"\{\{\s*\$?(\w+)\s*\}\}")
_INDEX = re.compile(r"(\$[\w.]+)\[\s*(\$?\w+)\s*\]")
_TERNARY = re.compile(r"([^?:{\[,]*?\S)\s*\?\s*([^?:]*?\S)\s*:\s*([^?:,}\]#]*[^?:,}\]#\s])")
_SQUARE = re.compile(r"(\$[^\W\d]\w*) *\*\* *2(?![\w.])")
_MEMBERS = re.compile(r"(\$\w+) in \[([^\]]*)\]")


def expressions(mistake: Mistake) -> Iterator[Candidate]:
    """What an expression may have been meant to say."""
    place = mistake.place
    word = place.text
    if mistake.code == "unknown-variable":
        name = word.strip("'\"").removeprefix("$").strip("(){}")
        dollar = "$" if word.startswith("$") else ""
        for known in similar(name, variables(mistake)):
            yield replacement(place, f"{dollar}{known}", f"write `${known}`", rename=True)
    if mistake.code == "unknown-function":
        for known in similar(word, FUNCTIONS):
            yield replacement(place, known, rename=True)
    if mistake.code == "bare-word":
        name = word.partition(".")[0]
        if name in variables(mistake):
            yield replacement(place, f"${word}")
        yield replacement(place, f"'{word}'")
    if word in _SYMBOLS and mistake.code in {"expression-syntax", "bare-word"}:
        yield replacement(place, _SYMBOLS[word])
    if mistake.code in {
        "expression-syntax",
        "yaml-syntax",
        "unknown-variable",
        "bad-value",
        "wrong-operand",
        "unknown-argument",
        "complex-key",
    }:
        yield from _foreign(place)


def _foreign(place: Place) -> Iterator[Candidate]:
    """The line with what other languages write as ours."""
    for number in range(place.line, min(place.end_line, place.line + 3) + 1):
        line = place.source.line(number)
        for pattern, form in (
            (_BRACED, r"$\1"),
            (_MUSTACHE, r"$\1"),
            (_INDEX, r"\1.\2"),
            (_SQUARE, r"\1 * \1"),
        ):
            for found in pattern.finditer(line):
                yield _rewritten(place, number, found, found.expand(form))
        if choice := _TERNARY.search(line, *_value(line)):
            condition, value, otherwise = choice.groups()
            yield _rewritten(place, number, choice, f"{value} if {condition} else {otherwise}")
        if members := _MEMBERS.search(line):
            parts = [part.strip() for part in members[2].split(",")]
            text = " or ".join(f"{members[1]} == {part}" for part in parts)
            yield _rewritten(place, number, members, text)


def _value(line: str) -> tuple[int, int]:
    """Where the value that holds the first dollar sign begins, and where the line ends."""
    dollar = line.find("$")
    start = max(
        (found.end() for found in re.finditer(r"[:{\[,-]\s+|[{\[]", line[: max(dollar, 0)])), default=0
    )
    return start, len(line)


def _rewritten(place: Place, line: int, found: re.Match[str], text: str) -> Candidate:
    where = Place(place.source, line, found.start() + 1, line, found.end() + 1)
    return replacement(where, text)
