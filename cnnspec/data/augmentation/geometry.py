"""Crops and flips: for each image the row and the column that each pixel comes from, then one gather for all.

Steps that follow each other are composed before a pixel moves, on bytes as well as on floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import torch
from torch import Tensor

from cnnspec.settings.augmentations.base import pair
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, VFlip
from cnnspec.train.data.augmentation.base import Setting


class Move(Protocol):
    """A change of where pixels are, the same along all of a row and all of a column."""

    draws: int
    """Random numbers that it needs for an image."""

    def move(self, rows: Axis, columns: Axis, draws_ND: Tensor) -> None:
        """Have the places along both axes taken from elsewhere."""


class Shifted(Move):
    """Each image shifted along both axes."""

    def __init__(self, config: RandomCrop, _setting: Setting) -> None:
        self._config, self._padding = config, pair(config.padding)
        self.draws = 2 + (config.p < 1)

    def move(self, rows: Axis, columns: Axis, draws_ND: Tensor) -> None:
        """As Move has it."""
        for axis, padding, draws_N in zip((rows, columns), self._padding, draws_ND.unbind(1), strict=False):
            offsets_N = (draws_N * (2 * padding + 1)).long() - padding
            if self._config.p < 1:
                offsets_N = offsets_N * (draws_ND[:, 2] < self._config.p)
            axis.shift(offsets_N, self._config.padding_mode)


class Flipped(Move):
    """Each image mirrored or not, along one axis."""

    draws = 1
    _along: Literal["rows", "columns"]

    def __init__(self, config: HFlip | VFlip, _setting: Setting) -> None:
        self._share = config.p

    def move(self, rows: Axis, columns: Axis, draws_ND: Tensor) -> None:
        """As Move has it."""
        axis = columns if self._along == "columns" else rows
        axis.flip(draws_ND[:, 0] < self._share)


class FlippedAcross(Flipped):
    """Left to right."""

    _along = "columns"


class FlippedDown(Flipped):
    """Top to bottom."""

    _along = "rows"


class Moves:
    """Moves that follow each other, as one."""

    def __init__(self, moves: Sequence[Move]) -> None:
        self._moves = tuple(moves)
        self.draws = sum(move.draws for move in moves)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """The images, their pixels moved."""
        height, width = images_NCHW.shape[2:]
        rows, columns = Axis(height, draws_ND), Axis(width, draws_ND)
        own_draws = draws_ND.split([move.draws for move in self._moves], 1)
        for move, own_ND in zip(self._moves, own_draws, strict=True):
            move.move(rows, columns, own_ND)
        return self._gathered(images_NCHW, rows, columns)

    def _gathered(self, images_NCHW: Tensor, rows: Axis, columns: Axis) -> Tensor:
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

    def shift(self, offsets_N: Tensor, mode: str) -> None:
        """Take places from so far away."""
        wanted = self._places_S + offsets_N.unsqueeze(1)
        last = self._size - 1
        if mode == "reflect":
            wanted = last - (last - wanted.abs()).abs()
        places = wanted.clamp(0, last)
        self._take(places)
        if mode == "zeros":
            inside = wanted == places
            self.inside = inside if self.inside is None else self.inside & inside

    def flip(self, flipped_N: Tensor) -> None:
        """Take places from the other end, in the images that are `flipped`."""
        self._take(torch.where(flipped_N.unsqueeze(1), self._size - 1 - self._places_S, self._places_S))

    def _take(self, places: Tensor) -> None:
        self.source = self.source.gather(1, places) if self._moved else places
        if self.inside is not None:
            self.inside = self.inside.gather(1, places)
        self._moved = True
