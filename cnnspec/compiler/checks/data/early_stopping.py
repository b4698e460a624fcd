"""Early stopping without images to validate with: a rule of `train:` that depends on the data."""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, verdict


@check("train")
def early_stopping(context: DataContext) -> Iterator[Finding]:
    """Ask what is watched."""
    yield from verdict("train", context.train.require_watched, others=context.data.may_validate)
