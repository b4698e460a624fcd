"""The table of fixes: what is written, and what becomes of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import cnnspec
from cnnspec.core.diagnostic import edited

PAGE = Path(__file__).parent.parent / "cases" / "fixes.md"
BLOCK = re.compile(r"^```diff( maybe)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = "cnnspec: 1\ninput: [3, 32, 32]\nlayers:\n"


class Case(NamedTuple):
    line: int
    maybe: bool
    before: str
    after: str


def cases() -> list[Case]:
    text = PAGE.read_text("utf-8")
    return [_case(text.count("\n", 0, found.start()) + 1, found) for found in BLOCK.finditer(text)]


def _case(line: int, found: re.Match[str]) -> Case:
    lines = found[2].splitlines()
    head = "" if lines[0].startswith(" cnnspec:") else HEAD
    before, after = (
        head + "".join(f"{each[1:]}\n" for each in lines if each[0] in {" ", sign}) for sign in "-+"
    )
    return Case(line, bool(found[1]), before, after)


CASES = cases()


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.maybe], ids=lambda case: f"line {case.line}"
)
def test_what_is_certain_is_applied_and_nothing_is_wrong_then(case: Case) -> None:
    assert case.after == cnnspec.fix(case.before)
    assert [] == [d for d in cnnspec.check_text(case.after).diagnostics if d.severity == "error"]


@pytest.mark.parametrize("case", [case for case in CASES if case.maybe], ids=lambda case: f"line {case.line}")
def test_what_is_not_is_shown_alone(case: Case) -> None:
    result = cnnspec.check_text(case.before)
    shown = [edited(result.source, fix.edits) for found in result.diagnostics for fix in found.fixes]
    assert case.after in shown
    assert case.before == cnnspec.fix(case.before)
