"""Batches, updates and shares that want more images than there are: a rule of `train:` that depends on the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.checks.contract import Needs, check, verdict

if TYPE_CHECKING:
    from cnnspec.compiler.checks.context import DataContext
    from cnnspec.compiler.checks.contract import Findings


@check(needs=Needs.TRAIN)
def image_count(context: DataContext) -> Findings:
    """Ask whether the images are enough, where their number is known."""
    images, classes = context.facts.train_images, context.facts.classes or 1
    if images is not None:
        yield from verdict("train", context.train.fits, images, classes)
