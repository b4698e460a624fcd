"""What augmentations have in common; crops and flips are more than that, Moves, see geometry.

Each is made once, of its declaration and a Context, with tensors of its own: made in a step they would wait for the
device.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations.base import Augmentation


class Context(NamedTuple):
    """What an augmentation may need to know beside its own arguments."""

    statistics: ChannelStatistics
    """What images are normalised by, in grey levels."""
    device: torch.device
    normalised: bool = False
    """Whether images come to it normalised."""

    def tensor(self, values: tuple[float, ...]) -> Tensor:
        """A number for each channel as values_C11."""
        return torch.tensor(values, device=self.device).view(-1, 1, 1)


class Change(ABC):
    """A change of float images, each for itself."""

    draws: int
    """Random numbers that it needs for an image."""

    @abstractmethod
    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """The images, changed; those that came in may be written over."""


class Mix(ABC):
    """A mix of normalised images and their labels."""

    draws: int
    """As Change has it."""

    @abstractmethod
    def __call__(self, images_NCHW: Tensor, targets_NK: Tensor, draws_ND: Tensor) -> tuple[Tensor, Tensor]:
        """Images and targets, mixed."""


def implementation(declaration: type[Augmentation]) -> type[Any]:
    """The class here that does what is declared: of the same name, in the module of the same name."""
    module = declaration.__module__.rpartition(".")[2]
    found: type[Any] = getattr(import_module(f"{__package__}.{module}"), declaration.__name__)
    return found
