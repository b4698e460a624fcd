"""Augmentations that can't be done to images of the input's shape: each says so itself (`require_shape`)."""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, verdict


@check("train")
def augmentations(context: DataContext) -> Iterator[Finding]:
    """Ask each about the shape."""
    image = context.image
    if image is None:
        return
    for number, augmentation in enumerate(context.train.augment):
        yield from verdict(f"train.augment.{number}", augmentation.require_shape, image)
