"""From a result to the same result with fixes: rules propose, each proposal is tried, the best are kept.

What is certain is then taken as mended, and the text checked on: one mistake never hides another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from cnnspec.compiler.check import Result
from cnnspec.core.diagnostic import Diagnostic, Edit, Fix, Place, Related, Source, edited
from cnnspec.fixes.definitions import at_definitions
from cnnspec.fixes.edits import Candidate
from cnnspec.fixes.mistake import Mistake
from cnnspec.fixes.moves import Moves
from cnnspec.fixes.rules import RULES
from cnnspec.fixes.trial import Check, Outcome, attempt

MOST_CANDIDATES = 40
"""The most that are tried for one mistake."""
MOST_WORK = 60_000
"""How many layers may be inferred in all trials of one text; what is found after that is shown without fixes."""
MOST_SHOWN = 3
MOST_ROUNDS = 8
"""How often what is certain is taken as mended, and the text checked on."""


def with_fixes(result: Result, check: Check) -> Result:
    """The result with fixes, and with what is found where those that are certain are applied.

    `check` checks another text of one of the sources, the file's or a setting's.
    """
    if not result.diagnostics:
        return result
    trials = _Trials(result)
    result = result._replace(diagnostics=at_definitions(result))
    found = {_key(d): trials.fixed(d, result, check) for d in result.diagnostics}
    source, edits = result.source, certain_edits(found.values(), result.source)
    for _ in range(MOST_ROUNDS):
        if not edits or not trials.left:
            break
        moves = Moves(source, edits)
        after = check(Source(source.name, edited(source, edits)))
        for diagnostic in after.diagnostics:
            before = found.get(_key(moves.diagnostic(diagnostic)))
            if before is None or not before.fixes:
                moved = moves.diagnostic(trials.fixed(diagnostic, after, check))
                if before is not None or moved.severity == "error":
                    found[_key(moved)] = moved
        still = {_key(moves.diagnostic(diagnostic)) for diagnostic in after.diagnostics}
        found = {key: d for key, d in found.items() if key in still or _is_certain(d)}
        further = certain_edits(found.values(), source)
        if further == edits:
            break
        edits = further
    ordered = sorted(found.values(), key=lambda d: (d.place.line, d.place.column, d.severity))
    return result._replace(diagnostics=tuple(map(_with_hint, ordered)))


def _with_hint(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic with the words of its fixes as hint."""
    if not diagnostic.fixes:
        return diagnostic
    words = ", or ".join(fix.title for fix in diagnostic.fixes)
    return diagnostic._replace(hint=f"{words[:1].upper()}{words[1:]}.")


def _is_certain(found: Diagnostic) -> bool:
    """Whether it is mended by what is taken as mended; another that is gone then was a consequence."""
    return any(fix.certain for fix in found.fixes)


def _key(found: Diagnostic) -> tuple[str, str, int]:
    return found.code, found.place.source.name, found.place.start


def certain_edits(found: Iterable[Diagnostic], source: Source) -> tuple[Edit, ...]:
    """The edits of all certain fixes in a source; of two that overlap, those of the first."""
    kept: list[Edit] = []
    for diagnostic in found:
        for fix in diagnostic.fixes[:1]:
            inside = all(edit.place.source.name == source.name for edit in fix.edits)
            new = [edit for edit in fix.edits if edit not in kept]
            if fix.certain and inside and not any(_overlap(edit, other) for edit in new for other in kept):
                kept += new
    return tuple(sorted(kept, key=lambda edit: edit.place.start))


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether they change the same characters, or put text in at the same place."""
    if one.place.start == other.place.start:
        return True
    return one.place.start < other.place.end and other.place.start < one.place.end


class _Trials:
    """The trials of one text, of which there may be so many."""

    def __init__(self, result: Result) -> None:
        layers = 0 if result.plan is None else len(result.plan.nodes)
        self.left = max(3 * MOST_CANDIDATES, MOST_WORK // (layers + 50))

    def fixed(self, diagnostic: Diagnostic, result: Result, check: Check) -> Diagnostic:
        """The diagnostic with its fixes."""
        if not diagnostic.place.source.text:
            return diagnostic
        good: list[_Good] = []
        tried = 0
        mistake = Mistake(diagnostic, result)
        for candidate in islice(_candidates(mistake), min(MOST_CANDIDATES, self.left)):
            self.left -= 1
            tried += 1
            outcome = attempt(candidate, diagnostic, result, check)
            if outcome is not None:
                good.append(_Good(outcome, candidate))
        best = _best(good)
        fixes = tuple(_fixes(best, may_be_certain=diagnostic.severity == "error"))
        if fixes and fixes[0].certain and result.root is None:
            diagnostic = _where_it_changes(diagnostic, fixes[0].edits[0])
        # Of what was tried and does not help nothing is said.
        return diagnostic._replace(fixes=fixes, hint="" if tried else diagnostic.hint)


class _Good(NamedTuple):
    outcome: Outcome
    candidate: Candidate


def _candidates(mistake: Mistake) -> Iterator[Candidate]:
    """What the rules propose, in their order; no text twice."""
    texts = {mistake.source.text}
    for rule in RULES:
        for candidate in rule(mistake):
            text = edited(mistake.source, candidate.edits)
            if text not in texts:
                texts.add(text)
                yield candidate


def _best(good: list[_Good]) -> list[_Good]:
    """Those after which the fewest errors are left: renames alone where there are any, else the smallest edits first."""
    fewest = min((found.outcome[:2] for found in good), default=())
    kept = [found for found in good if found.outcome[:2] == fewest]
    renames = [found for found in kept if found.candidate.rename]
    return renames or sorted(kept, key=lambda found: found.outcome[2:])


def _where_it_changes(diagnostic: Diagnostic, edit: Edit) -> Diagnostic:
    """The diagnostic at the line that is changed; where the parser stopped is a place that belongs to it."""
    if edit.place.line == diagnostic.place.line:
        return diagnostic
    related = (Related(diagnostic.place, f"reading stops here: {diagnostic.message}"),)
    place, message = _what_is_wrong(edit)
    return diagnostic._replace(place=place, message=message, related=related)


def _what_is_wrong(edit: Edit) -> tuple[Place, str]:
    """The characters that an edit changes, and what it says of them."""
    old, new = edit.place.text, edit.text
    before = _equal_characters(old, new)
    behind = min(_equal_characters(old[::-1], new[::-1]), len(old) - before, len(new) - before)
    removed, added = old[before : len(old) - behind], new[before : len(new) - behind]
    start = edit.place.start + before
    place = _visible(edit.place.source.place(start, start + len(removed)))
    if not (added + removed).strip():
        return place, "a space is missing here" if len(
            added
        ) == 1 else "the line begins in another column than it should"
    if not removed.strip():
        return place, f"`{added.strip()}` is missing here"
    return (
        place,
        f"`{removed.strip()}` does not belong here"
        if not added.strip()
        else f"`{removed}` stands here for `{added}`",
    )


def _equal_characters(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next(
        (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _visible(place: Place) -> Place:
    """The place, or the last character before it where it is empty."""
    if place.text or place.column == 1:
        return place
    return place._replace(column=place.column - 1)


def _fixes(kept: list[_Good], *, may_be_certain: bool) -> Iterator[Fix]:
    for index, (_, candidate) in enumerate(kept[:MOST_SHOWN]):
        alone = candidate.rename or len(kept) == 1
        certain = may_be_certain and index == 0 and alone and not candidate.doubtful
        yield Fix(candidate.title, certain, candidate.edits)
