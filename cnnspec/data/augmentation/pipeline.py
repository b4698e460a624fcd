"""Images made ready for the network: in training augmented and normalised, everywhere else normalised.

What is drawn for an image depends on (seed, epoch, number of the sample) alone; which image mixup and cutmix
take beside it, on its place in the batch, which depends on seed and epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from cnnspec.settings.augmentations.base import Augmentation
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate, VFlip
from cnnspec.settings.augmentations.mixing import CutMix, Mixup
from cnnspec.settings.augmentations.values import Colour, Cutout, Normalise
from cnnspec.train.data.augmentation.base import Change, Mix, Setting
from cnnspec.train.data.augmentation.draws import uniform
from cnnspec.train.data.augmentation.mixing import Faded, Patched
from cnnspec.train.data.augmentation.moves import FlippedAcross, FlippedDown, Move, Moves, Shifted
from cnnspec.train.data.augmentation.values import Coloured, Holed, Normalised, Rotated
from cnnspec.train.data.order import subseed
from cnnspec.train.data.raw import WHITE
from cnnspec.train.data.scale import Scale

MOVES: Mapping[type[Augmentation], Callable[[Any, Setting], Move]] = {
    RandomCrop: Shifted,
    HFlip: FlippedAcross,
    VFlip: FlippedDown,
}
CHANGES: Mapping[type[Augmentation], Callable[[Any, Setting], Change]] = {
    Rotate: Rotated,
    Colour: Coloured,
    Cutout: Holed,
    Normalise: Normalised,
}
MIXES: Mapping[type[Augmentation], Callable[[Any, Setting], Mix]] = {Mixup: Faded, CutMix: Patched}
"""What does an augmentation: the first move pixels, the next change them, the last make one image of two."""


class Augment:
    """What is done to images of grey levels from 0 to 255. `scale` is that of the images to train on."""

    def __init__(
        self,
        augmentations: Sequence[Augmentation],
        scale: Scale,
        classes: int,
        device: torch.device,
        seed: int,
    ) -> None:
        self.scale = effective(augmentations, scale)
        """What images are normalised by, in grey levels."""
        self._classes, self._seed = classes, seed
        setting = Setting(self.scale, device)
        self._normalised = Normalised(Normalise(), setting)
        self._changes = tuple(_changes(augmentations, setting))
        self._mixes = tuple(
            MIXES[type(config)](config, setting) for config in augmentations if type(config) in MIXES
        )
        self._changing = sum(change.draws for change in self._changes)
        self._mixing = sum(mix.draws for mix in self._mixes)

    def changed(self, pixels_NCHW: Tensor, numbers_N: Tensor, epoch: int) -> Tensor:
        """uint8 images to train on as float32, each changed for itself: of one batch or of several."""
        if not self._changing:
            return self.evaluate(pixels_NCHW)
        draws_ND, used = self._drawn("augment", numbers_N, self._changing, epoch), 0
        images_NCHW = pixels_NCHW
        for change in self._changes:
            if not isinstance(change, Moves):
                images_NCHW = images_NCHW.float()
            images_NCHW = change(images_NCHW, draws_ND[:, used : used + change.draws])
            used += change.draws
        return images_NCHW

    def mixed(
        self, images_NCHW: Tensor, labels_N: Tensor, numbers_N: Tensor, epoch: int
    ) -> tuple[Tensor, Tensor]:
        """The changed images of a batch and their labels_N; where they are mixed, mixed images and targets_NK."""
        if not self._mixes:
            return images_NCHW, labels_N
        draws_ND, used = self._drawn("mix", numbers_N, self._mixing, epoch), 0
        targets_NK = one_hot(labels_N, self._classes).float()
        for mix in self._mixes:
            images_NCHW, targets_NK = mix(images_NCHW, targets_NK, draws_ND[:, used : used + mix.draws])
            used += mix.draws
        return images_NCHW, targets_NK

    def evaluate(self, pixels_NCHW: Tensor, numbers_N: Tensor | None = None) -> Tensor:
        """uint8 images as float32, normalised, whatever their numbers."""
        del numbers_N
        return self._normalised(pixels_NCHW, pixels_NCHW)

    def _drawn(self, purpose: str, numbers_N: Tensor, draws: int, epoch: int) -> Tensor:
        return uniform(subseed(self._seed, purpose, epoch), numbers_N, draws)


def _changes(augmentations: Sequence[Augmentation], setting: Setting) -> Iterator[Change]:
    """What is done to single images, ending normalised: a change each, but one for moves that follow each other."""
    single = [config for config in augmentations if type(config) not in MIXES]
    if not any(isinstance(config, Normalise) for config in single):
        single.append(Normalise())
    for moving, group in groupby(single, key=lambda config: type(config) in MOVES):
        if moving:
            yield Moves([MOVES[type(config)](config, setting) for config in group])
            continue
        for config in group:
            yield CHANGES[type(config)](config, setting)
            setting = setting._replace(normalised=setting.normalised or isinstance(config, Normalise))


def effective(augmentations: Sequence[Augmentation], scale: Scale) -> Scale:
    """The scale, or what `normalise` says instead."""
    found = next((config for config in augmentations if isinstance(config, Normalise)), Normalise())
    channels = len(scale.mean)
    mean = scale.mean if found.mean is None else _each(found.mean, channels)
    return Scale(mean, scale.std if found.std is None else _each(found.std, channels))


def _each(value: float | tuple[float, ...], channels: int) -> tuple[float, ...]:
    """On the scale from 0 to 255, one for each channel."""
    values = value if isinstance(value, tuple) else (value,) * channels
    return tuple(WHITE * part for part in values)
