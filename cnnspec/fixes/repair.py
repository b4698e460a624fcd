"""Applying what is certain: again and again, until nothing is left to mend."""

from __future__ import annotations

from typing import NamedTuple

from cnnspec.compiler.check import Result, check_document, variants
from cnnspec.core.diagnostic import Diagnostic, Source, edited
from cnnspec.fixes.propose import certain_edits, with_fixes
from cnnspec.reader.document import read

MOST_ROUNDS = 40


class Repair(NamedTuple):
    """A text after all certain fixes, and what was mended."""

    text: str
    mended: tuple[Diagnostic, ...]
    """Each with the fix that was applied as its first; their places are those of the text at that moment."""


def repair(text: str, name: str = "spec.yaml", variant: str | None = None) -> Repair:
    """The text with every certain fix, as it stands and in each variant (`variant`: in this one alone).

    The rest of the text is as it was, byte for byte.
    """
    mended: list[Diagnostic] = []
    source = Source(name, text)

    def check(source: Source) -> Result:
        return _check(source, variant)

    for _ in range(MOST_ROUNDS):
        result = with_fixes(check(source), check)
        edits = certain_edits(result.diagnostics, source=result.source)
        found = [diagnostic for diagnostic in result.diagnostics if diagnostic.fixes]
        if len(edits) and _errors(check(Source(name, edited(source, edits)))) >= _errors(check(source)):
            # Together they do harm: one alone was tried.
            found = [diagnostic for diagnostic in found if diagnostic.fixes[0].certain][:1]
            edits = certain_edits(found, source=result.source)
        if not edits:
            break
        kept = set(edits)
        mended += [d for d in found if d.fixes[0].certain and kept.issuperset(d.fixes[0].edits)]
        source = Source(name, edited(source, edits))
    return Repair(source.text, tuple(mended))


def _errors(result: Result) -> int:
    """How many errors there are; one that stops reading hides more than any number."""
    if result.root is None:
        stopped = result.diagnostics[-1].place
        return 10**9 - stopped.line
    return sum(diagnostic.severity == "error" for diagnostic in result.diagnostics)


def _check(source: Source, variant: str | None) -> Result:
    """The spec as it stands with what its variants say besides; or one variant of it."""
    document = read(source)
    result = check_document(document, variant=variant)
    if variant is not None:
        return result
    seen = {(d.code, d.place.start) for d in result.diagnostics}
    found = list(result.diagnostics)
    for name in variants(document):
        for diagnostic in check_document(document, variant=name).diagnostics:
            if (diagnostic.code, diagnostic.place.start) not in seen:
                seen.add((diagnostic.code, diagnostic.place.start))
                found.append(diagnostic)
    return result._replace(diagnostics=tuple(found))
