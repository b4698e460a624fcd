"""Images made ready for the network: in training augmented and normalised, everywhere else normalised.

What is drawn for an image depends on (seed, epoch, number of the sample) alone; which image mixup and cutmix
take beside it, on its place in the batch, which depends on seed and epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from cnnspec.language.augmentations.base import Augmentation
from cnnspec.language.augmentations.geometry import HFlip, RandomCrop, Rotate, VFlip
from cnnspec.language.augmentations.mixing import CutMix, Mixup
from cnnspec.language.augmentations.values import Colour, Cutout, Normalise
from cnnspec.train.data.augmentation.draws import uniform
from cnnspec.train.data.augmentation.mixing import Faded, Patched
from cnnspec.train.data.augmentation.moves import Move, Moves
from cnnspec.train.data.augmentation.values import LEVEL, Change, Coloured, Holed, Rotated
from cnnspec.train.data.order import subseed
from cnnspec.train.data.scale import Scale


class Normalised:
    """Each channel less its mean, divided by its deviation."""

    draws = 0

    def __init__(self, scale: Scale, device: torch.device) -> None:
        self._mean_C11 = torch.tensor(scale.mean, device=device).view(-1, 1, 1)
        self._std_C11 = torch.tensor(scale.std, device=device).view(-1, 1, 1)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        del draws_ND
        return images_NCHW.sub(self._mean_C11).div_(self._std_C11)


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
        self._classes, self._seed, self._epoch_key = classes, seed, (-1, 0)
        self._normalised = Normalised(self.scale, device)
        single = [augmentation for augmentation in augmentations if not augmentation.mixes]
        if not any(isinstance(augmentation, Normalise) for augmentation in single):
            single.append(Normalise())
        self._changes = tuple(self._made(single, device))
        self._mixes = tuple(
            Faded(config, device) if isinstance(config, Mixup) else Patched(config, device)
            for config in augmentations
            if isinstance(config, Mixup | CutMix)
        )
        self._draws = sum(step.draws for step in (*self._changes, *self._mixes))

    def fit(
        self, pixels_NCHW: Tensor, labels_N: Tensor, numbers_N: Tensor, epoch: int
    ) -> tuple[Tensor, Tensor]:
        """uint8 images to train on as float32, and their labels_N, or where images are mixed targets_NK."""
        if not self._draws:
            return self.evaluate(pixels_NCHW), labels_N
        draws_ND, used = uniform(self._key(epoch), numbers_N, self._draws), 0
        images_NCHW = pixels_NCHW
        for change in self._changes:
            if not isinstance(change, Moves):
                images_NCHW = images_NCHW.float()
            images_NCHW = change(images_NCHW, draws_ND[:, used : used + change.draws])
            used += change.draws
        if not self._mixes:
            return images_NCHW, labels_N
        targets_NK = one_hot(labels_N, self._classes).float()
        for mix in self._mixes:
            images_NCHW, targets_NK = mix(images_NCHW, targets_NK, draws_ND[:, used : used + mix.draws])
            used += mix.draws
        return images_NCHW, targets_NK

    def evaluate(self, pixels_NCHW: Tensor) -> Tensor:
        """uint8 images as float32, normalised."""
        return self._normalised(pixels_NCHW, pixels_NCHW)

    def _key(self, epoch: int) -> int:
        if self._epoch_key[0] != epoch:
            self._epoch_key = (epoch, subseed(self._seed, "augment", epoch))
        return self._epoch_key[1]

    def _made(self, augmentations: Sequence[Augmentation], device: torch.device) -> Iterator[Change]:
        """A change each, but one for all moves that follow each other."""
        moves: list[Move] = []
        mean_C11 = torch.tensor(self.scale.mean, device=device).view(-1, 1, 1)
        for config in augmentations:
            if isinstance(config, RandomCrop | HFlip | VFlip):
                moves.append(config)
                continue
            if moves:
                yield Moves(moves)
                moves = []
            if isinstance(config, Normalise):
                mean_C11 = torch.zeros_like(mean_C11)
            yield self._change(config, mean_C11)
        if moves:
            yield Moves(moves)

    def _change(self, config: Augmentation, mean_C11: Tensor) -> Change:
        if isinstance(config, Rotate):
            return Rotated(config)
        if isinstance(config, Colour):
            return Coloured(config)
        if isinstance(config, Cutout):
            return Holed(config, mean_C11)
        assert isinstance(config, Normalise)
        return self._normalised


def effective(augmentations: Sequence[Augmentation], scale: Scale) -> Scale:
    """The scale, or what `normalise` says instead."""
    found = next((config for config in augmentations if isinstance(config, Normalise)), Normalise())
    channels = len(scale.mean)
    mean = scale.mean if found.mean is None else _each(found.mean, channels)
    return Scale(mean, scale.std if found.std is None else _each(found.std, channels))


def _each(value: float | tuple[float, ...], channels: int) -> tuple[float, ...]:
    """On the scale from 0 to 255, one for each channel."""
    values = value if isinstance(value, tuple) else (value,) * channels
    return tuple(LEVEL * part for part in values)
