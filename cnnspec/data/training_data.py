"""The data of a training: images to fit, images to choose the best epoch by, images to test with, in batches."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.bad_files import no_readable_image, require_classes, require_some
from cnnspec.data.batches import batch_sizes, without_single_images
from cnnspec.data.cache import Cache
from cnnspec.data.dataset import Dataset, ImageFiles
from cnnspec.data.loader import Loader
from cnnspec.data.seeding import permutation
from cnnspec.data.splits import evenly_spaced, fit_and_validation
from cnnspec.data.statistics import ChannelStatistics, Histogram
from cnnspec.settings.augmentations.pixel_values import Normalise
from cnnspec.settings.train import Train

MOST_MEASURED = 10_000
"""Files that are decoded to find mean and deviation, evenly spread over those to fit: to decode all may take hours."""
_MEASURED_AT_ONCE = 256

Batches = Generator[tuple[Tensor, Tensor], None, None]
"""float32 images_NCHW on the device, and labels_N or, where images are mixed, targets_NK."""


@dataclass(slots=True)
class TrainingData:
    """Where batches come from, and the numbers of the images to fit and to validate with, of bad files too."""

    train: Loader
    validation: Loader
    test: Loader
    fit_F: Tensor
    validation_V: Tensor
    pipeline: Pipeline
    statistics: ChannelStatistics
    """Mean and deviation of the images to fit; `pipeline.statistics` are those used, which `normalise` can set."""
    class_names: tuple[str, ...]
    seed: int
    fixed: bool
    """Whether each epoch has the images in the same order, as they are."""
    where: str
    """In words, where the images are kept."""
    _reported: set[str] = field(default_factory=set)

    def fit_batches(self, sizes: Sequence[int], epoch: int) -> Batches:
        """The images to fit in the order of the epoch, augmented; none in a batch whose files are all bad.

        Raises UserError at the epoch's end when a class turns out to have no image that can be read.
        """
        order_F = self.fit_F if self.fixed else permutation(self.fit_F, self.seed, "order", epoch)
        with closing(
            self.train.batches(order_F, sizes, partial(self.pipeline.augment, epoch=epoch))
        ) as batches:
            for batch in without_single_images(batches, sizes):
                yield self.pipeline.mix(*batch, epoch) if batch.images else batch[:2]
        if not self.fixed:
            require_classes(self.train, self.fit_F, self.class_names)

    def validation_batches(self, size: int) -> Batches:
        """The images to validate with."""
        return _normalised_batches(self.validation, self.validation_V, self.pipeline, size)

    def test_batches(self, size: int) -> Batches:
        """The images to test with."""
        return all_batches(self.test, self.pipeline, size)

    def newly_bad(self) -> list[tuple[str, str]]:
        """Files that could not be read since this was asked last, with the reason."""
        loaders = {id(loader): loader for loader in (self.train, self.validation, self.test)}
        bad = dict(one for loader in loaders.values() for one in loader.bad.values())
        new = sorted((file, why) for file, why in bad.items() if file not in self._reported)
        self._reported.update(bad)
        return new


def all_batches(loader: Loader, pipeline: Pipeline, size: int) -> Batches:
    """All images of a loader, normalised and nothing else."""
    return _normalised_batches(loader, torch.arange(len(loader.labels_N)), pipeline, size)


def _normalised_batches(loader: Loader, numbers_V: Tensor, pipeline: Pipeline, size: int) -> Batches:
    sizes = batch_sizes(len(numbers_V), size)
    with closing(loader.batches(numbers_V, sizes, pipeline.normalise)) as batches:
        for batch in batches:
            if batch.images:
                yield batch.images_NCHW, batch.labels_N


def training_data(dataset: Dataset, config: Train, device: torch.device) -> TrainingData:
    """Hold out the validation's share; all is normalised by what is left to fit. Raises UserError.

    Which images are in which split depends on their labels and the seed alone: bad files are in one too.
    """
    fit_F, validation_V = fit_and_validation(dataset, config)  # before files are decoded: it may say no
    cache, fixed = Cache.of(dataset, config, device), bool(config.overfit_batches)
    train, test = cache.loader(dataset.train), cache.loader(dataset.test)
    validation = cache.loader(dataset.validation) if dataset.validation and not fixed else train
    require_some(train, fit_F, "training")
    if dataset.validation or len(validation_V):
        require_some(validation, validation_V, "validation")
    require_some(test, torch.arange(len(test.labels_N)), "test")
    files = isinstance(dataset.train.images, ImageFiles)
    statistics = _statistics(train, evenly_spaced(fit_F, MOST_MEASURED) if files else fit_F)
    if not fixed:  # a few batches need not have every class
        require_classes(train, fit_F, dataset.class_names)
    augmentations = tuple(one for one in config.augment if isinstance(one, Normalise) or not fixed)
    return TrainingData(
        train,
        validation,
        test,
        fit_F,
        validation_V,
        Pipeline(augmentations, statistics, len(dataset.class_names), device, config.seed),
        statistics,
        dataset.class_names,
        config.seed,
        fixed,
        cache.words,
    )


def _statistics(train: Loader, numbers_M: Tensor) -> ChannelStatistics:
    """Of the images that the numbers name, the same wherever they are kept."""
    histogram: Histogram | None = None
    with closing(train.batches(numbers_M, batch_sizes(len(numbers_M), _MEASURED_AT_ONCE))) as batches:
        for batch in batches:
            if batch.images:
                histogram = histogram or Histogram(batch.images_NCHW.shape[1])
                histogram.add(batch.images_NCHW)
    if histogram is None:
        raise no_readable_image("training")
    return histogram.statistics()
