"""Mean and deviation of each channel, worked out exactly: whole numbers, which no order or thread can change."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from cnnspec.data.dataset import WHITE

_LEVELS = WHITE + 1


class ChannelStatistics(NamedTuple):
    """The mean and the standard deviation of each channel, in grey levels from 0 to 255."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


class Histogram:
    """How often each grey level occurs in each channel."""

    def __init__(self, channels: int) -> None:
        self._counts = torch.zeros(channels, _LEVELS, dtype=torch.int64)

    def add(self, pixels_NCHW: Tensor) -> None:
        """Count uint8 images."""
        for counts, pixels_NHW in zip(self._counts, pixels_NCHW.unbind(1), strict=True):
            counts.add_(torch.bincount(pixels_NHW.flatten(), minlength=_LEVELS).cpu())

    def statistics(self) -> ChannelStatistics:
        """Of all that was counted; a constant channel gets deviation 1, so that it can be divided by it."""
        moments = [_moments(counts) for counts in self._counts.tolist()]
        return ChannelStatistics(tuple(mean for mean, _ in moments), tuple(std for _, std in moments))


def _moments(counts: list[int]) -> tuple[float, float]:
    count = sum(counts)
    first = sum(level * n for level, n in enumerate(counts))
    second = sum(level * level * n for level, n in enumerate(counts))
    variance = (second * count - first * first) / count**2
    return first / count, math.sqrt(variance) or 1.0
