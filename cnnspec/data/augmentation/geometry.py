"""Crops and flips, composed before a pixel moves, and rotations.

Of crops and flips that follow each other is worked out, for each image, from which row and column each pixel comes;
then one gather moves all, bytes as well as floats.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from cnnspec.data.augmentation.base import Change, Context
from cnnspec.settings.augmentations import geometry as declared
from cnnspec.settings.augmentations.base import pair


class Move(ABC):
    """A change of where pixels are, the same along all of a row and all of a column."""

    draws: int
    """Random numbers that it needs for an image."""

    @abstractmethod
    def __call__(self, axes: Axes, draws_ND: Tensor) -> None:
        """Have the places along both axes taken from elsewhere."""


class RandomCrop(Move):
    """Each image shifted along both axes."""

    def __init__(self, config: declared.RandomCrop, _context: Context) -> None:
        self._config, self._padding = config, pair(config.padding)
        self.draws = 2 + (config.p < 1)

    def __call__(self, axes: Axes, draws_ND: Tensor) -> None:
        """As Move has it."""
        for axis, padding, draws_N in zip(axes, self._padding, draws_ND.unbind(1), strict=False):
            offsets_N = (draws_N * (2 * padding + 1)).long() - padding
            if self._config.p < 1:
                offsets_N = offsets_N * (draws_ND[:, 2] < self._config.p)
            axis.shift(offsets_N, self._config.padding_mode)


class HFlip(Move):
    """Each image mirrored or not, left to right."""

    draws = 1

    def __init__(self, config: declared.HFlip, _context: Context) -> None:
        self._share = config.p

    def __call__(self, axes: Axes, draws_ND: Tensor) -> None:
        """As Move has it."""
        axes.columns.flip(draws_ND[:, 0] < self._share)


class VFlip(Move):
    """Each image mirrored or not, top to bottom."""

    draws = 1

    def __init__(self, config: declared.VFlip, _context: Context) -> None:
        self._share = config.p

    def __call__(self, axes: Axes, draws_ND: Tensor) -> None:
        """As Move has it."""
        axes.rows.flip(draws_ND[:, 0] < self._share)


class Moves(Change):
    """Moves that follow each other, as one; also of bytes."""

    def __init__(self, moves: Sequence[Move]) -> None:
        self._moves = tuple(moves)
        self.draws = sum(move.draws for move in moves)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        height, width = images_NCHW.shape[2:]
        axes = Axes(Axis(height, draws_ND), Axis(width, draws_ND))
        own_draws = draws_ND.split([move.draws for move in self._moves], 1)
        for move, own_ND in zip(self._moves, own_draws, strict=True):
            move(axes, own_ND)
        return _gather_pixels(images_NCHW, *axes)


def _gather_pixels(images_NCHW: Tensor, rows: Axis, columns: Axis) -> Tensor:
    count, channels, height, width = images_NCHW.shape
    index_NHW = (rows.source * width).unsqueeze(2) + columns.source.unsqueeze(1)
    index_NCP = index_NHW.view(count, 1, -1).expand(-1, channels, -1)
    moved = images_NCHW.reshape(count, channels, -1).gather(2, index_NCP)
    moved_NCHW = moved.view(count, channels, height, width)
    if rows.inside is not None and columns.inside is not None:
        inside_NHW = rows.inside.unsqueeze(2) & columns.inside.unsqueeze(1)
        moved_NCHW.mul_(inside_NHW.unsqueeze(1))
    return moved_NCHW


class Axis:
    """Of each image and each place along an axis, where its value comes from, and whether that is inside."""

    def __init__(self, size: int, draws_ND: Tensor) -> None:
        self._size, self._moved = size, False
        self._places_S = torch.arange(size, device=draws_ND.device)
        self.source = self._places_S.expand(len(draws_ND), size)
        self.inside: Tensor | None = None
        """None: all of them."""

    def shift(self, offsets_N: Tensor, padding_mode: str) -> None:
        """Take places from so far away."""
        places = self._places_S + offsets_N.unsqueeze(1)
        last = self._size - 1
        if padding_mode == "reflect":
            places = last - (last - places.abs()).abs()
        inner = places.clamp(0, last)
        self._take(inner)
        if padding_mode == "zeros":
            inside = inner == places
            self.inside = inside if self.inside is None else self.inside & inside

    def flip(self, flipped_N: Tensor) -> None:
        """Take places from the other end, in the images that are `flipped`."""
        self._take(torch.where(flipped_N.unsqueeze(1), self._size - 1 - self._places_S, self._places_S))

    def _take(self, places: Tensor) -> None:
        self.source = self.source.gather(1, places) if self._moved else places
        if self.inside is not None:
            self.inside = self.inside.gather(1, places)
        self._moved = True


class Axes(NamedTuple):
    """Both axes of an image."""

    rows: Axis
    columns: Axis


class Rotate(Change):
    """Each image turned by an angle of its own."""

    draws = 2

    def __init__(self, config: declared.Rotate, _context: Context) -> None:
        self._config = config

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        turned_N = draws_ND[:, 1] < self._config.p
        degrees_N = (2 * draws_ND[:, 0] - 1) * self._config.degrees * turned_N
        # bilinear weights of a turn by 0 are not quite 0 and 1
        return torch.where(turned_N.view(-1, 1, 1, 1), rotate(images_NCHW, degrees_N), images_NCHW)


def rotate(images_NCHW: Tensor, degrees_N: Tensor) -> Tensor:
    """Each image turned counterclockwise; pixels that come from outside are 0."""
    height, width = images_NCHW.shape[2:]
    angle_N = degrees_N * (math.pi / 180)
    cos, sin, zero = angle_N.cos(), angle_N.sin(), torch.zeros_like(angle_N)
    # the grid runs from -1 to 1 along either side, however long they are
    top = torch.stack([cos, -sin * (height / width), zero], 1)
    bottom = torch.stack([sin * (width / height), cos, zero], 1)
    grid = affine_grid(torch.stack([top, bottom], 1), list(images_NCHW.shape), align_corners=False)
    return grid_sample(images_NCHW, grid, "bilinear", "zeros", align_corners=False)
