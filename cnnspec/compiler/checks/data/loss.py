"""Arguments of the loss that do not suit the network's outputs: each loss judges itself (`fits`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.checks.contract import Needs, check, verdict

if TYPE_CHECKING:
    from cnnspec.compiler.checks.context import DataContext
    from cnnspec.compiler.checks.contract import Findings


@check(needs=Needs.TRAIN)
def loss(context: DataContext) -> Findings:
    """Ask the loss about so many scores."""
    scores = context.scores
    if scores is not None:
        yield from verdict("train.loss", context.train.loss.fits, scores)
