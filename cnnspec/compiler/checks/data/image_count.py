"""Batches, updates and shares that want more images than there are: a rule of `train:` that depends on the data."""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, verdict


@check("train")
def image_count(context: DataContext) -> Iterator[Finding]:
    """Ask whether the images are enough, where their number is known."""
    images, classes = context.facts.train_images, context.facts.classes or 1
    if images is not None:
        yield from verdict("train", context.train.require_images, images, classes)
