"""Images made ready for the network: in training augmented and normalised, everywhere else normalised.

What is drawn for an image depends on (seed, epoch, number of the sample) alone; which image mixup and cutmix
take beside it, on its place in the batch, which depends on seed and epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from cnnspec.data.augmentation import pixel_values
from cnnspec.data.augmentation.base import Change, Context, Mix, implementation
from cnnspec.data.augmentation.geometry import Move, Moves
from cnnspec.data.augmentation.random_numbers import uniform
from cnnspec.data.dataset import WHITE
from cnnspec.data.seeding import subseed
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations.base import Augmentation
from cnnspec.settings.augmentations.pixel_values import Normalise


class Pipeline:
    """What is done to images of grey levels from 0 to 255. `statistics` are those of the images to train on."""

    def __init__(
        self,
        augmentations: Sequence[Augmentation],
        statistics: ChannelStatistics,
        classes: int,
        device: torch.device,
        seed: int,
    ) -> None:
        self.statistics = normalisation(augmentations, statistics)
        """What images are normalised by, in grey levels."""
        self._classes, self._seed = classes, seed
        context = Context(self.statistics, device)
        self._normalise = pixel_values.Normalise(Normalise(), context)
        self._changes = tuple(_changes([one for one in augmentations if not one.mixes], context))
        self._mixes: tuple[Mix, ...] = tuple(_made(one, context) for one in augmentations if one.mixes)
        self._change_draws = sum(change.draws for change in self._changes)
        self._mix_draws = sum(mix.draws for mix in self._mixes)

    def augment(self, pixels_NCHW: Tensor, numbers_N: Tensor, epoch: int) -> Tensor:
        """uint8 images to train on as float32, each changed for itself: of one batch or of several."""
        if not self._change_draws:
            return self.normalise(pixels_NCHW)
        draws_ND, used = self._draws("augment", numbers_N, self._change_draws, epoch), 0
        images_NCHW = pixels_NCHW
        for change in self._changes:
            if not isinstance(change, Moves):
                images_NCHW = images_NCHW.float()
            images_NCHW = change(images_NCHW, draws_ND[:, used : used + change.draws])
            used += change.draws
        return images_NCHW

    def mix(
        self, images_NCHW: Tensor, labels_N: Tensor, numbers_N: Tensor, epoch: int
    ) -> tuple[Tensor, Tensor]:
        """The augmented images of a batch and their labels_N; where they are mixed, mixed images and targets_NK."""
        if not self._mixes:
            return images_NCHW, labels_N
        draws_ND, used = self._draws("mix", numbers_N, self._mix_draws, epoch), 0
        targets_NK = one_hot(labels_N, self._classes).float()
        for mix in self._mixes:
            images_NCHW, targets_NK = mix(images_NCHW, targets_NK, draws_ND[:, used : used + mix.draws])
            used += mix.draws
        return images_NCHW, targets_NK

    def normalise(self, pixels_NCHW: Tensor, numbers_N: Tensor | None = None) -> Tensor:
        """uint8 images as float32, normalised, whatever their numbers."""
        del numbers_N
        return self._normalise(pixels_NCHW, pixels_NCHW)

    def _draws(self, purpose: str, numbers_N: Tensor, draws: int, epoch: int) -> Tensor:
        return uniform(subseed(self._seed, purpose, epoch), numbers_N, draws)


def _changes(augmentations: Sequence[Augmentation], context: Context) -> Iterator[Change]:
    """What is done to single images, ending normalised: a change each, but one for moves that follow each other."""
    if not any(isinstance(one, Normalise) for one in augmentations):
        augmentations = [*augmentations, Normalise()]
    for moving, group in groupby(augmentations, key=lambda one: issubclass(implementation(type(one)), Move)):
        if moving:
            yield Moves([_made(one, context) for one in group])
            continue
        for one in group:
            yield _made(one, context)
            context = context._replace(normalised=context.normalised or isinstance(one, Normalise))


def _made(augmentation: Augmentation, context: Context) -> Any:
    return implementation(type(augmentation))(augmentation, context)


def normalisation(augmentations: Sequence[Augmentation], statistics: ChannelStatistics) -> ChannelStatistics:
    """The statistics, or what `normalise` says instead."""
    written = next((one for one in augmentations if isinstance(one, Normalise)), Normalise())
    channels = len(statistics.mean)
    mean = statistics.mean if written.mean is None else _each(written.mean, channels)
    return ChannelStatistics(mean, statistics.std if written.std is None else _each(written.std, channels))


def _each(value: float | tuple[float, ...], channels: int) -> tuple[float, ...]:
    """On the scale from 0 to 255, one for each channel."""
    per_channel = value if isinstance(value, tuple) else (value,) * channels
    return tuple(WHITE * part for part in per_channel)
