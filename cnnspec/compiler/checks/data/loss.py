"""Arguments of the loss that do not suit the network's outputs: each loss says so itself (`require_outputs`)."""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, verdict


@check("train")
def loss(context: DataContext) -> Iterator[Finding]:
    """Ask the loss about so many scores."""
    scores = context.scores
    if scores is not None:
        yield from verdict("train.loss", context.train.loss.require_outputs, scores)
