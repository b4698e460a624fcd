"""Damaged specs: whether what is told is one mistake, at its line, and what is proposed mends it; and what finding fixes costs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cnnspec
from benchmarks.timing import command, interleaved, ratio, row
from cnnspec.core.diagnostic import Diagnostic, edited
from tests.fixes.damages import Damage, damages

MENDABLE = {"misspelling", "type", "syntax", "assertion"}


class Told(NamedTuple):
    """What is said of a damage that leaves an error."""

    damage: Damage
    errors: tuple[Diagnostic, ...]

    @property
    def at_line(self) -> bool:
        """Whether an error points at the damaged line."""
        return any(found.place.line == self.damage.line for found in self.errors)

    @property
    def near(self) -> bool:
        """Whether an error points at it, or names it as a place that belongs to the error."""
        places = [related.place for found in self.errors for related in found.related]
        return self.at_line or any(place.line == self.damage.line for place in places)

    @property
    def has_fix(self) -> bool:
        """Whether something is proposed."""
        return any(found.fixes for found in self.errors)


def damaged_specs(count: int = 2_000, seed: int = 1) -> list[str]:
    """Rows on so many damages; those that leave a right spec don't count."""
    told = [Told(damage, _errors(damage.text)) for damage in damages(count, seed)]
    wrong = [entry for entry in told if entry.errors]
    others = [entry for entry in wrong if entry.damage.kind != "number"]
    numbers = [entry for entry in wrong if entry.damage.kind == "number"]
    mendable = [entry for entry in wrong if entry.damage.kind in MENDABLE]
    shown = [(entry, found, fix.edits) for entry in wrong for found in entry.errors for fix in found.fixes]
    good = sum(not _is_there(found, edited(found.place.source, edits)) for _, found, edits in shown)
    return [
        _share("damaged specs: the damaged line is pointed at", [e.at_line for e in others], 99),
        _share("a changed number: its line is pointed at or named", [e.near for e in numbers], 90),
        _share("one error", [len(e.errors) == 1 for e in others], 98),
        _share("a fix, for spelling, types, syntax and assertions", [e.has_fix for e in mendable], 80),
        _share("a shown fix removes its error", [True] * good + [False] * (len(shown) - good), 100),
    ]


def _share(what: str, held: Sequence[bool], target: float) -> str:
    share = 100 * sum(held) / len(held)
    return (
        f"| {what} ({len(held):,}) | {share:.1f} % | ≥ {target:g} % | {'yes' if share >= target else 'no'} |"
    )


def _errors(text: str) -> tuple[Diagnostic, ...]:
    return tuple(found for found in cnnspec.check_text(text).diagnostics if found.severity == "error")


def _is_there(found: Diagnostic, text: str) -> bool:
    """Whether an error is in another text too, at the same line."""
    same = (found.code, found.message, found.place.line)
    return same in [(other.code, other.message, other.place.line) for other in _errors(text)]


def cold_mistakes(rounds: int) -> list[str]:
    """A process that validates twenty broken specs by one that validates twenty right ones."""
    with tempfile.TemporaryDirectory() as folder:
        broken, right = Path(folder, "broken"), Path(folder, "right")
        broken.mkdir()
        right.mkdir()
        sample = [damage for damage in damages(200, seed=2) if _errors(damage.text)][:20]
        for number, damage in enumerate(sample):
            (broken / f"{number}.yaml").write_text(damage.text, "utf-8")
            (right / f"{number}.yaml").write_text(_original(damage), "utf-8")
        run = "from cnnspec.cli.main import main; import sys; sys.argv[1:] = ['validate', {!r}]\ntry: main()\nexcept SystemExit: pass"
        seconds = interleaved(
            {name: command("-c", run.format(str(Path(folder, name)))) for name in ("broken", "right")}, rounds
        )
    return [row("validate 20 broken specs by 20 right ones, cold", ratio(seconds, "broken", "right"), 2)]


def _original(damage: Damage) -> str:
    from tests.fixes.damages import SPECS  # noqa: PLC0415 -- only here

    return "\n".join(SPECS[damage.spec])
