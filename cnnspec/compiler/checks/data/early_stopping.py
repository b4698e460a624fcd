"""Early stopping without images to validate with: a rule of `train:` that depends on the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.checks.contract import Needs, check, verdict

if TYPE_CHECKING:
    from cnnspec.compiler.checks.context import DataContext
    from cnnspec.compiler.checks.contract import Findings


@check(needs=Needs.TRAIN)
def early_stopping(context: DataContext) -> Findings:
    """Ask what is watched."""
    yield from verdict("train", context.train.watches, others=context.data.may_validate)
