"""Trying a change: the edited text is checked again, and what is found there compared with what was found before."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnnspec.compiler.check import Result
from cnnspec.core.diagnostic import Diagnostic, Source, edited
from cnnspec.fixes.edits import Candidate
from cnnspec.fixes.moves import Moves

Check = Callable[[Source], Result]
"""Checks a source's text in the place of the one of that name."""


class Outcome(NamedTuple):
    """What is found after a change that mends its mistake and makes no other: less is better."""

    unread: int
    """How many characters stand behind the next mistake that makes the text no YAML; 0: there is none such."""
    errors: int
    warnings: int
    size: int
    """The characters that it takes away and puts in."""


def attempt(candidate: Candidate, target: Diagnostic, before: Result, check: Check) -> Outcome | None:
    """What is found when the candidate is applied; None where the mistake is still there, or another has come."""
    source = target.place.source
    text = edited(source, candidate.edits)
    if text == source.text:
        return None
    after = check(Source(source.name, text))
    unread = _unread(after, len(text))
    moves = Moves(source, candidate.edits)
    if unread and (before.root is not None or not _is_behind(after, moves, target)):
        return None
    same = {_identity(found) for found in before.diagnostics if found.severity == "error"}
    gone = {_identity(target), *((target.code, r.place.source.name, r.place.start) for r in target.related)}
    errors = 0
    for found in after.diagnostics:
        identity = _identity_before(found, moves)
        if identity in gone:
            return None
        if found.severity == "error":
            if identity not in same and _counts(candidate, identity, before):
                return None
            errors += 1
    warnings = len(after.diagnostics) - errors
    size = sum(len(edit.place.text) + len(edit.text) for edit in candidate.edits)
    return Outcome(unread, errors, warnings, size)


Identity = tuple[str, str, int]
"""What makes two diagnostics the same: code, source, offset."""


def _identity(found: Diagnostic) -> Identity:
    return found.code, found.place.source.name, found.place.start


def _identity_before(found: Diagnostic, moves: Moves) -> Identity | None:
    """The same for a diagnostic of the edited text; None within what was put in."""
    code, name, start = _identity(found)
    if name != moves.source.name:
        return code, name, start
    old = moves.offset(start)
    return None if old is None else (code, name, old)


def _unread(after: Result, length: int) -> int:
    """The characters behind the place where reading stopped."""
    if after.root is not None or not after.diagnostics:
        return 0
    return length - after.diagnostics[-1].place.start + 1


def _is_behind(after: Result, moves: Moves, target: Diagnostic) -> bool:
    """Whether reading stops further on than before, and not within what was put in."""
    stop = moves.offset(after.diagnostics[-1].place.start)
    return stop is not None and stop > target.place.start


def _counts(candidate: Candidate, identity: Identity | None, before: Result) -> bool:
    """Whether a new error speaks against the change: not where nothing was known before that could be wrong."""
    plan = before.plan
    if plan is None:
        return False
    if candidate.resizes or identity is None:
        return True
    _, name, start = identity
    source = before.source
    if name == source.name and not plan.complete:
        line = source.place(start, start).line
        if any(node.place.line == line for node in plan.nodes):
            return any(node.known and node.place.line == line for node in plan.nodes)
        return False
    settings_known = before.train is not None and (before.data is not None or not _has_data(before))
    return settings_known and plan.complete


def _has_data(result: Result) -> bool:
    return result.root is not None and "data" in result.root.entries
