"""A data set divided: images to fit, images to choose the best epoch by, images to test with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from cnnspec.core.errors import rejects_as_user_errors
from cnnspec.runner.steps import batch_sizes
from cnnspec.settings.augmentations.values import Normalise
from cnnspec.settings.train import Train
from cnnspec.train.data.augment import Augment
from cnnspec.train.data.lone import accompanied
from cnnspec.train.data.order import evenly, hold_out, shuffled
from cnnspec.train.data.place import Place, placed
from cnnspec.train.data.raw import Files, Raw
from cnnspec.train.data.readable import require_classes, require_some, unreadable
from cnnspec.train.data.scale import Levels, Scale
from cnnspec.train.data.source import Source

MOST_MEASURED = 10_000
"""Files that are decoded to find mean and deviation, evenly spread over those to fit: to decode all may take hours."""
_MEASURED_AT_ONCE = 256

Batches = Generator[tuple[Tensor, Tensor], None, None]
"""float32 images_NCHW on the device, and labels_N or, where images are mixed, targets_NK."""


@dataclass(slots=True)
class Sets:
    """Where batches come from, and the numbers of the images to fit and to validate with, of bad files too."""

    train: Source
    validation: Source
    test: Source
    fit_F: Tensor
    validation_V: Tensor
    augment: Augment
    scale: Scale
    """Of the images to fit as they are; what they are normalised by, `normalise` may have said: augment.scale."""
    class_names: tuple[str, ...]
    seed: int
    fixed: bool
    """Whether each epoch has the images in the same order, as they are."""
    where: str
    """In words, where the images are kept."""
    _told: set[str] = field(default_factory=set)

    def fit_batches(self, sizes: Sequence[int], epoch: int) -> Batches:
        """The images to fit in the order of the epoch, augmented; none in a batch whose files are all bad.

        Raises UserError at the epoch's end when a class turns out to have no image that can be read.
        """
        order_F = self.fit_F if self.fixed else shuffled(self.fit_F, self.seed, "order", epoch)
        ready = partial(self.augment.changed, epoch=epoch)
        with closing(self.train.batches(order_F, sizes, ready)) as batches:
            for batch in accompanied(batches, sizes):
                mixed = self.augment.mixed(*batch, epoch) if batch.images else batch[:2]
                yield mixed
        if not self.fixed:
            require_classes(self.train, self.fit_F, self.class_names)

    def validation_batches(self, size: int) -> Batches:
        """The images to validate with."""
        return _plain(self.validation, self.validation_V, self.augment, size)

    def test_batches(self, size: int) -> Batches:
        """The images to test with."""
        return whole(self.test, self.augment, size)

    def newly_bad(self) -> list[tuple[str, str]]:
        """Files that could not be read since this was asked last, with the reason."""
        sources = {id(source): source for source in (self.train, self.validation, self.test)}
        bad = dict(one for source in sources.values() for one in source.bad.values())
        new = sorted((file, why) for file, why in bad.items() if file not in self._told)
        self._told.update(bad)
        return new


def whole(source: Source, augment: Augment, size: int) -> Batches:
    """All images of a source, normalised and nothing else."""
    return _plain(source, torch.arange(len(source.labels_N)), augment, size)


def _plain(source: Source, numbers_V: Tensor, augment: Augment, size: int) -> Batches:
    sizes = batch_sizes(len(numbers_V), size)
    with closing(source.batches(numbers_V, sizes, augment.evaluate)) as batches:
        for batch in batches:
            if batch.images:
                yield batch.images_NCHW, batch.labels_N


def divide(raw: Raw, config: Train, device: torch.device) -> Sets:
    """Hold out the validation's share; all is normalised by what is left to fit. Raises UserError.

    Which images are in which part depends on their labels and the seed alone: bad files are in one too.
    """
    fit_F, validation_V = chosen(raw, config)  # before files are decoded: it may say no
    place, fixed = Place.of(raw, config, device), bool(config.overfit_batches)
    train, test = placed(raw.train, place), placed(raw.test, place)
    validation = placed(raw.validation, place) if raw.validation and not fixed else train
    require_some(train, fit_F, "training")
    if raw.validation or len(validation_V):
        require_some(validation, validation_V, "validation")
    require_some(test, torch.arange(len(test.labels_N)), "test")
    scale = _scale(train, fit_F, files=isinstance(raw.train.images, Files))
    if not fixed:  # a few batches need not have every class
        require_classes(train, fit_F, raw.class_names)
    augmentations = tuple(one for one in config.augment if isinstance(one, Normalise) or not fixed)
    augment = Augment(augmentations, scale, len(raw.class_names), device, config.seed)
    return Sets(
        train,
        validation,
        test,
        fit_F,
        validation_V,
        augment,
        scale,
        raw.class_names,
        config.seed,
        fixed,
        place.told,
    )


def chosen(raw: Raw, config: Train) -> tuple[Tensor, Tensor]:
    """The numbers of the images to fit, and of those to validate with, of a part of their own where there is one.

    Raises UserError where they are too few for what the config asks.
    """
    labels_N = torch.tensor(raw.train.labels, dtype=torch.int64)
    if raw.validation:
        fit_F, validation_V = torch.arange(len(labels_N)), torch.arange(len(raw.validation.labels))
    else:
        fit_F, validation_V = hold_out(labels_N, config.validation, config.seed)
    with rejects_as_user_errors():  # what is held out is gone already
        config.model_copy(update={"validation": 0.0}).fits(len(fit_F))
    if overfit := config.overfit_batches:
        fit_F = validation_V = shuffled(fit_F, config.seed, "order", 1)[: overfit * config.batch_size]
    return fit_F, validation_V


def counts_of(raw: Raw, config: Train) -> list[int]:
    """How many images of each class there are to fit, without decoding any: those that are skipped count."""
    labels_N = torch.tensor(raw.train.labels, dtype=torch.int64)[chosen(raw, config)[0]]
    return [int(count) for count in labels_N.bincount(minlength=len(raw.class_names)).tolist()]


def _scale(train: Source, fit_F: Tensor, *, files: bool) -> Scale:
    """Of all images, or of as many files as suffice, the same wherever they are kept."""
    measured_M = evenly(fit_F, MOST_MEASURED) if files else fit_F
    levels: Levels | None = None
    with closing(train.batches(measured_M, batch_sizes(len(measured_M), _MEASURED_AT_ONCE))) as batches:
        for batch in batches:
            if batch.images:
                levels = levels or Levels(batch.images_NCHW.shape[1])
                levels.add(batch.images_NCHW)
    if levels is None:
        raise unreadable("training")
    return levels.scale()
