"""Whatever is written, looking for fixes ends, and raises nothing; what is certain leaves no more errors than there were."""

from __future__ import annotations

import random

import pytest

import cnnspec
from cnnspec.compiler.check import Result
from tests.fixes.damages import SPECS

SCRAPS = [
    "0",
    "-1",
    "1",
    "2.5",
    "1e999",
    "null",
    "~",
    "''",
    '""',
    "[]",
    "{}",
    "[[]]",
    "{a:1}",
    ":",
    ",",
    "#",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "'",
    '"',
    "?",
    "[",
    "]",
    "{",
    "}",
    "<<",
    "&a",
    "*a",
    "!!x",
    "---",
    "$",
    "$$",
    "$x",
    "${x}",
    "$(1)",
    "relu",
    "conv",
    "add",
    "layers",
    "input",
    "name",
    "from",
    "repeat",
    "when",
    "expect",
    "of",
    "args",
    "-",
    "-relu",
    "“same”",
    "(1,",
    "2)",
    "=>",
    "=",
    "dim:",
    "type:",
    "lr:",
    "epochs:",
]
SMALL = [name for name, lines in sorted(SPECS.items()) if len(lines) < 40]


def damaged(seed: int) -> str:
    draw = random.Random(seed)
    text = "\n".join(SPECS[draw.choice(SMALL)])
    for _ in range(draw.choice([1, 1, 2, 4])):
        start = draw.randrange(len(text))
        end = min(len(text), start + draw.choice([0, 0, 1, 3, 12]))
        text = text[:start] + draw.choice([*SCRAPS, "", "\t", "\n", "  "]) + text[end:]
    return text


def stops(result: Result) -> int:
    """How far reading comes: a text that is no YAML hides all that is wrong behind."""
    return 0 if result.root is None else 1


@pytest.mark.parametrize("seed", range(40))
def test_any_text_is_answered_and_mended_for_the_better(seed: int) -> None:
    text = damaged(seed)
    before = cnnspec.check_text(text)
    after = cnnspec.check_text(cnnspec.fix(text))
    errors = [sum(d.severity == "error" for d in result.diagnostics) for result in (before, after)]
    assert stops(after) > stops(before) or errors[1] <= errors[0]
