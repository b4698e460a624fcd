"""A data set divided: images to fit, images to choose the best epoch by, images to test with."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.core.reject import Reject
from cnnspec.language.augmentations.values import Normalise
from cnnspec.language.training import Train
from cnnspec.train.data.augment import Augment
from cnnspec.train.data.order import evenly, hold_out, shuffled
from cnnspec.train.data.place import Place, placed
from cnnspec.train.data.raw import Raw
from cnnspec.train.data.scale import Levels, Scale
from cnnspec.train.data.source import Source
from cnnspec.train.steps import batch_sizes

MOST_MEASURED = 10_000
"""Files that are decoded to find mean and deviation: more of them change neither by a hundredth."""
_MEASURED_AT_ONCE = 256

Batches = Iterator[tuple[Tensor, Tensor]]
"""float32 images_NCHW on the device, and labels_N or, where images are mixed, targets_NK."""


@dataclass(slots=True)
class Sets:
    """Where batches come from, and the numbers of the images to fit and to validate with."""

    train: Source
    validation: Source
    test: Source
    fit_F: Tensor
    validation_V: Tensor
    augment: Augment
    seed: int
    fixed: bool
    """Whether each epoch has the images in the same order, as they are."""
    where: str
    """In words, where the images are kept."""
    _told: set[str] = field(default_factory=set)

    def fit_batches(self, sizes: Sequence[int], epoch: int) -> Generator[tuple[Tensor, Tensor], None, None]:
        """The images to fit in the order of the epoch, augmented."""
        order_F = self.fit_F if self.fixed else shuffled(self.fit_F, self.seed, "order", epoch)
        for pixels_NCHW, labels_N, numbers_N in self.train.batches(order_F, sizes):
            yield self.augment.fit(pixels_NCHW, labels_N, numbers_N, epoch)

    def validation_batches(self, size: int) -> Batches:
        """The images to validate with."""
        return _plain(self.validation, self.validation_V, self.augment, size)

    def test_batches(self, size: int) -> Batches:
        """The images to test with."""
        return whole(self.test, self.augment, size)

    def newly_bad(self) -> list[tuple[str, str]]:
        """Files that could not be read since this was asked last, with the reason."""
        sources = {id(source): source for source in (self.train, self.validation, self.test)}
        bad = {file: why for source in sources.values() for file, why in source.bad.items()}
        new = sorted((file, why) for file, why in bad.items() if file not in self._told)
        self._told.update(bad)
        return new


def whole(source: Source, augment: Augment, size: int) -> Batches:
    """All images of a source, normalised and nothing else."""
    return _plain(source, torch.arange(len(source.labels_N)), augment, size)


def _plain(source: Source, numbers_V: Tensor, augment: Augment, size: int) -> Batches:
    for pixels_NCHW, labels_N, _ in source.batches(numbers_V, batch_sizes(len(numbers_V), size)):
        yield augment.evaluate(pixels_NCHW), labels_N


def divide(raw: Raw, config: Train, device: torch.device) -> Sets:
    """Hold out the validation's share; all is normalised by what is left to fit. Raises UserError."""
    place = Place.of(raw, config, device)
    train, test = placed(raw.train, place), placed(raw.test, place)
    validation = placed(raw.validation, place) if raw.validation else train
    for source, what in ((train, "training"), (validation, "validation"), (test, "test")):
        if not len(source.labels_N):
            raise _unreadable(what)
    _require_readable(train, raw)
    fit_F, validation_V = _held_out(train, validation, config)
    try:
        config.fits(len(fit_F))
    except Reject as no:
        raise UserError(no.message, no.hint) from no
    if overfit := config.overfit_batches:
        fit_F = shuffled(fit_F, config.seed, "order", 1)[: overfit * config.batch_size]
        validation, validation_V = train, fit_F
    scale = _scale(train, fit_F)
    augmentations = tuple(one for one in config.augment if isinstance(one, Normalise) or not overfit)
    augment = Augment(augmentations, scale, len(raw.class_names), device, config.seed)
    return Sets(train, validation, test, fit_F, validation_V, augment, config.seed, bool(overfit), place.told)


def _held_out(train: Source, validation: Source, config: Train) -> tuple[Tensor, Tensor]:
    """The numbers of the images to fit, and of those to validate with, which may be a source of their own."""
    if validation is not train:
        return torch.arange(len(train.labels_N)), torch.arange(len(validation.labels_N))
    return hold_out(train.labels_N, config.validation, config.seed)


def counts_of(raw: Raw, config: Train) -> list[int]:
    """How many images of each class there are to fit, without decoding any: those that are skipped count."""
    labels_N = torch.tensor(raw.train.labels)
    if not raw.validation:
        labels_N = labels_N[hold_out(labels_N, config.validation, config.seed)[0]]
    return [int(count) for count in labels_N.bincount(minlength=len(raw.class_names)).tolist()]


def _scale(train: Source, fit_F: Tensor) -> Scale:
    """Of all images in memory, or of as many files as suffice."""
    measured_M = fit_F if train.decoded else evenly(fit_F, MOST_MEASURED)
    levels: Levels | None = None
    for pixels_NCHW, _, _ in train.batches(measured_M, batch_sizes(len(measured_M), _MEASURED_AT_ONCE)):
        levels = levels or Levels(pixels_NCHW.shape[1])
        levels.add(pixels_NCHW)
    if levels is None:
        raise _unreadable("training")
    return levels.scale()


def _require_readable(train: Source, raw: Raw) -> None:
    """Raise UserError for a class that has lost all its images: it would silently never be learned."""
    if train.bad:
        left = set(train.labels_N.tolist())
        lost = sorted(set(raw.train.labels) - left)
        for label in lost[:1]:
            message = f"no image of class {raw.class_names[label]} to train with can be read"
            raise UserError(message, "Mend the files that are skipped, or take the class out.")


def _unreadable(what: str) -> UserError:
    return UserError(f"no image of the {what} set can be read", "Mend the files that are skipped.")
