"""Whether the training suits the network's input: what can't be done to such images is told before one is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.reject import Reject
from cnnspec.language.node import Mapping, Sequence

if TYPE_CHECKING:
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.core.diagnostic import Place
    from cnnspec.language.spec import Spec
    from cnnspec.language.training import Train


def check_training(
    train: Train, shape: tuple[int, ...], outputs: int | None, spec: Spec, reporter: Reporter
) -> None:
    """Compare augmentations with the shape of an image (channels, height, width), the loss with the outputs."""
    for number, augmentation in enumerate(train.augment):
        try:
            augmentation.fits(shape)
        except Reject as no:
            reporter.error(no.code, no.message, _place(spec, "augment", number), no.hint)
    try:
        if outputs is not None:
            train.loss.fits(outputs)
    except Reject as no:
        reporter.error(no.code, no.message, _place(spec, "loss"), no.hint)


def _place(spec: Spec, key: str, number: int = 0) -> Place:
    """Where it is written; what an expression stands for has the expression's place."""
    assert spec.train is not None
    written = spec.train.get(key) if isinstance(spec.train, Mapping) else None
    if isinstance(written, Sequence):
        return written.items[number].place
    return (written or spec.train).place
