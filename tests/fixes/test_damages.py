"""Specs that ship, damaged at one line: what is told is one mistake, at that line, and what is proposed mends it."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.core.diagnostic import Diagnostic, edited
from tests.fixes.damages import Damage, damages

SAMPLE = list(damages(48, seed=12))


def errors(text: str) -> list[Diagnostic]:
    return [found for found in cnnspec.check_text(text).diagnostics if found.severity == "error"]


@pytest.mark.parametrize("damage", SAMPLE, ids=lambda damage: f"{damage.kind} {damage.spec}:{damage.line}")
def test_a_fix_that_is_shown_mends_its_mistake(damage: Damage) -> None:
    for found in errors(damage.text):
        for fix in found.fixes:
            after = edited(found.place.source, fix.edits)
            assert found[:2] not in [
                other[:2] for other in errors(after) if other.place.line == found.place.line
            ]


def test_most_are_one_error_at_their_line_with_a_fix() -> None:
    told = [(damage, errors(damage.text)) for damage in SAMPLE if damage.kind != "number"]
    wrong = [(damage, found) for damage, found in told if found]
    at_line = [damage for damage, found in wrong if damage.line in {d.place.line for d in found}]
    alone = [damage for damage, found in wrong if len(found) == 1]
    mendable = [
        found for damage, found in wrong if damage.kind in {"misspelling", "type", "syntax", "assertion"}
    ]
    assert len(at_line) >= 0.95 * len(wrong)
    assert len(alone) >= 0.9 * len(wrong)
    assert sum(any(d.fixes for d in found) for found in mendable) >= 0.8 * len(mendable)
