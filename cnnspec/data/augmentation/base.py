"""What every augmentation here is given, and what it then does: with tensors of its own made beforehand, by the batch."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from cnnspec.train.data.scale import Scale


class Setting(NamedTuple):
    """What an augmentation may need to know beside its own arguments."""

    scale: Scale
    """What images are normalised by, in grey levels."""
    device: torch.device
    normalised: bool = False
    """Whether images come to it normalised."""

    def tensor(self, values: tuple[float, ...]) -> Tensor:
        """A number for each channel as values_C11. Made in a step it would wait for the device."""
        return torch.tensor(values, device=self.device).view(-1, 1, 1)


class Change(Protocol):
    """What is done to float images."""

    draws: int
    """Random numbers that it needs for an image."""

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """The images, changed; those that came in may be written over."""


class Mix(Protocol):
    """What is done to normalised images and their labels."""

    draws: int
    """As Change has it."""

    def __call__(self, images_NCHW: Tensor, targets_NK: Tensor, draws_ND: Tensor) -> tuple[Tensor, Tensor]:
        """Images and targets, mixed."""
