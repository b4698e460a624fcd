"""Warnings that a spec does not want: those under `lint: {ignore: […]}`, and those that a comment on their line names.

    lint: {ignore: [bias-before-bn]}                            everywhere
    - linear: 10    # cnnspec: ignore[no-activation-between]    on this line; several codes by commas

An ignore must be of some use: one of an unknown code, of an error, or that nothing needed, is a warning itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.core.diagnostic import Diagnostic, Place, Report
from cnnspec.core.plain_values import quote
from cnnspec.language.spec import Spec

_COMMENT = re.compile(r"#\s*cnnspec:\s*ignore\b\s*(?:\[([^\]]*)\])?")
_CODE = re.compile(r"[^\s,]+")


Key = tuple[str, int | None]


class Ignore(NamedTuple):
    """A code that is not to be told: on one line, or where that is None on all."""

    code: str
    place: Place
    line: int | None = None

    @property
    def key(self) -> Key:
        """What it takes away: warnings of this code on this line."""
        return self.code, self.line


def ignore_warnings(spec: Spec, findings: Report) -> tuple[Diagnostic, ...]:
    """Take the unwanted warnings out of the findings, and tell of ignores that can't work.

    What is given are warnings of those that nothing needed; none where there are errors, behind which some may wait.
    """
    ignores = [*_in_section(spec), *_in_comments(spec)]
    if not ignores:
        return ()
    needed: set[Key] = set()

    def is_ignored(found: Diagnostic) -> bool:
        ours = keys & _keys(found, spec)
        needed.update(ours)
        return bool(ours)

    keys = {ignore.key for ignore in ignores}
    findings.drop(is_ignored)
    idle = [ignore for ignore in ignores if ignore.key not in needed]
    impossible = {ignore: found for ignore in idle if (found := _impossible(ignore)) is not None}
    for found in impossible.values():
        findings.add(found)
    return () if findings.errors else tuple(_unused(ignore) for ignore in idle if ignore not in impossible)


def _keys(found: Diagnostic, spec: Spec) -> set[Key]:
    """The keys of the ignores that would take a diagnostic away; none for an error."""
    if found.severity != "warning":
        return set()
    here = {(found.code, found.place.line)} if found.place.source is spec.source else set()
    return {(found.code, None), *here}


def _in_section(spec: Spec) -> Iterator[Ignore]:
    for code in spec.ignored:
        yield Ignore(code.text, code.place)


def _in_comments(spec: Spec) -> Iterator[Ignore]:
    """Those of comments; most texts have none, and are not looked through."""
    if "ignore" not in spec.source.text:
        return
    from cnnspec.reader.comments import in_comments  # noqa: PLC0415 -- as above

    for line, match in in_comments(spec.source, _COMMENT):
        start = match.start(1) if match[1] is not None else match.start()
        codes = list(_CODE.finditer(match[1] or ""))
        for code in codes:
            column = start + code.start() + 1
            yield Ignore(code[0], Place(spec.source, line, column, line, column + len(code[0])), line)
        if not codes:
            yield Ignore("", Place(spec.source, line, match.start() + 1, line, match.end() + 1), line)


def _impossible(ignore: Ignore) -> Diagnostic | None:
    """What is wrong with an ignore that no warning can ever need."""
    from cnnspec.compiler.codes import CODES  # noqa: PLC0415 -- an ignore that is needed has a code that there is

    if ignore.code not in CODES:
        return _no_code(ignore, tuple(CODES))
    if CODES[ignore.code].title.endswith("(warning)"):
        return None
    message = f"{ignore.code} is an error, and errors can't be ignored"
    return Diagnostic("ignored-error", message, ignore.place, "Mend it, and take the ignore out.", "warning")


def _no_code(ignore: Ignore, known: tuple[str, ...]) -> Diagnostic:
    from cnnspec.core.suggest import did_you_mean  # noqa: PLC0415 -- only a mistake pays for it

    if not ignore.code:
        message, hint = "this ignore names no code", "Write it as `# cnnspec: ignore[bias-before-bn]`."
    else:
        message = f"ignore: there is no code {quote(ignore.code)}"
        hint = (
            did_you_mean(ignore.code, known)
            or "The code stands in brackets behind `warning` in each message."
        )
    return Diagnostic("unknown-code", message, ignore.place, hint, "warning")


def _unused(ignore: Ignore) -> Diagnostic:
    where = "on this line" if ignore.line else "in this spec"
    message = f"nothing {where} needs the ignore of {ignore.code}"
    return Diagnostic("unused-ignore", message, ignore.place, "Take it out.", "warning")
