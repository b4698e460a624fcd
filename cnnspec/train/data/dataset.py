"""Images in memory: bytes as they are, gathered and normalised by the batch, never one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from cnnspec.train.data.idx import Part, Raw

LEVELS = 256


@dataclass(frozen=True, slots=True)
class Images:
    """uint8 pixels and int64 labels."""

    pixels_NCHW: Tensor
    labels_N: Tensor

    def to(self, device: torch.device) -> Images:
        """The same images on a device."""
        return Images(self.pixels_NCHW.to(device), self.labels_N.to(device))

    def __len__(self) -> int:
        return self.pixels_NCHW.shape[0]


class Dataset(NamedTuple):
    """What to train with and what to test with, and what the labels mean."""

    train: Images
    test: Images
    class_names: tuple[str, ...]


class Scale(NamedTuple):
    """The mean and the standard deviation of each channel, in grey levels from 0 to 255."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def as_tensors(raw: Raw) -> Dataset:
    """The bytes as tensors, which share their memory."""
    return Dataset(_images(raw.train), _images(raw.test), raw.class_names)


def _images(part: Part) -> Images:
    pixels_NHW = torch.frombuffer(part.images.values, dtype=torch.uint8).view(part.images.sizes)
    labels_N = torch.frombuffer(part.labels.values, dtype=torch.uint8)
    return Images(pixels_NHW.unsqueeze(1), labels_N.to(torch.int64))


def scale_of(pixels_NCHW: Tensor) -> Scale:
    """The scale that gives these pixels mean 0 and deviation 1 in each channel.

    Worked out from how often each grey level occurs, in whole numbers: exact, so the order of the
    images and the number of threads can't change a bit of it. A constant channel gets deviation 1.
    """
    moments = [_moments(pixels_NCHW[:, channel]) for channel in range(pixels_NCHW.shape[1])]
    return Scale(tuple(mean for mean, _ in moments), tuple(std for _, std in moments))


def _moments(pixels_NHW: Tensor) -> tuple[float, float]:
    counts = torch.bincount(pixels_NHW.flatten(), minlength=LEVELS).tolist()
    count = sum(counts)
    first = sum(level * n for level, n in enumerate(counts))
    second = sum(level * level * n for level, n in enumerate(counts))
    variance = (second * count - first * first) / count**2
    return first / count, math.sqrt(variance) or 1.0


class Batches:
    """Images on their device, and how they are normalised."""

    def __init__(self, images: Images, scale: Scale) -> None:
        self.images = images
        self.device = device = images.pixels_NCHW.device
        self._mean_C11 = torch.tensor(scale.mean, device=device).view(-1, 1, 1)
        self._std_C11 = torch.tensor(scale.std, device=device).view(-1, 1, 1)

    def of(self, order_N: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The images that `order_N` numbers, `size` at a time: (float images_NCHW, labels_N)."""
        for chosen_N in order_N.split(batch_sizes(len(order_N), size)):
            pixels_NCHW = self.images.pixels_NCHW.index_select(0, chosen_N).float()
            yield pixels_NCHW.sub_(self._mean_C11).div_(self._std_C11), self.images.labels_N[chosen_N]


def batch_sizes(count: int, size: int) -> Sequence[int]:
    """`size` again and again, then what is left over.

    One image left over joins the batch before it: batch norm can't be trained on a lone image.
    """
    full, rest = divmod(count, size)
    sizes = [size] * full
    if rest == 1 and sizes:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes
