"""Checking with fixes: what is found wrong comes with the changes that mend it."""

from __future__ import annotations

from collections.abc import Sequence

from cnnspec.compiler.check import Result, check_document
from cnnspec.core.diagnostic import Source
from cnnspec.reader.document import Document, read


def check_with_fixes(
    document: Document, *, variant: str | None = None, settings: Sequence[str] = ()
) -> Result:
    """Check what was read; where something is wrong, find fixes. Raises nothing."""
    result = check_document(document, variant=variant, settings=settings)
    if not result.diagnostics:
        return result
    from cnnspec.fixes.propose import with_fixes  # noqa: PLC0415 -- only a mistake pays for it

    def check(source: Source) -> Result:
        if source.name == document.source.name:
            return check_document(read(source), variant=variant, settings=settings)
        return check_document(document, variant=variant, settings=_with_text(settings, source))

    return with_fixes(result, check)


def _with_text(settings: Sequence[str], source: Source) -> list[str]:
    """The settings with the text of the one of that source changed."""
    path = source.name.removeprefix("--set ")
    return [f"{path}={source.text}" if setting.partition("=")[0] == path else setting for setting in settings]
