"""The shape of a value between layers: its sizes without the batch, and which axis holds the channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

Size = int | None
"""The number of elements along an axis; None: unknown, because of a mistake before it."""

_IMAGE_AXES = 3


class Shape(NamedTuple):
    """Sizes of a value without its batch axis: (channels, *spatial) unless an axis was moved."""

    sizes: tuple[Size, ...]
    channel_axis: int = 0

    @property
    def channels(self) -> Size:
        """The size of the channel axis."""
        return self.sizes[self.channel_axis]

    @property
    def spatial(self) -> tuple[Size, ...]:
        """The sizes of all axes but the channels'."""
        return self.sizes[: self.channel_axis] + self.sizes[self.channel_axis + 1 :]

    @property
    def rank(self) -> int:
        """The number of spatial axes: 0 for features, 1 for signals, 2 for images, 3 for volumes."""
        return len(self.sizes) - 1

    @property
    def known(self) -> bool:
        """Whether every size is a number."""
        return None not in self.sizes

    @property
    def numbers(self) -> tuple[int, ...]:
        """The sizes, where every one is a number."""
        return tuple(size for size in self.sizes if size is not None)

    @property
    def elements(self) -> int:
        """How many numbers it holds, where every size is a number."""
        return math.prod(self.numbers)

    def with_channels(self, channels: Size) -> Shape:
        """The same shape with another number of channels."""
        return self.replace(self.channel_axis, channels)

    def replace(self, axis: int, size: Size) -> Shape:
        """The same shape with another size along one axis."""
        return Shape((*self.sizes[:axis], size, *self.sizes[axis + 1 :]), self.channel_axis)

    def __str__(self) -> str:
        return "×".join("?" if size is None else str(size) for size in self.sizes)


def is_image(sizes: Sequence[Size]) -> bool:
    """Whether these are channels, height and width."""
    return len(sizes) == _IMAGE_AXES
