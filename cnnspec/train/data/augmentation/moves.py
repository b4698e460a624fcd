"""Crops and flips: for each image the row and the column that each pixel comes from, then one gather for all.

Steps that follow each other are composed before a pixel moves, on bytes as well as on floats.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnspec.language.augmentations.base import pair
from cnnspec.language.augmentations.geometry import HFlip, RandomCrop, VFlip

Move = RandomCrop | HFlip | VFlip


class Moves:
    """Moves that follow each other, as one."""

    def __init__(self, moves: Sequence[Move]) -> None:
        self._moves = tuple(moves)
        self.draws = sum(map(_draws, moves))

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """The images, their pixels moved."""
        height, width = images_NCHW.shape[2:]
        rows, columns = _Axis(height, draws_ND), _Axis(width, draws_ND)
        column = 0
        for move in self._moves:
            if isinstance(move, RandomCrop):
                for axis, padding, at in zip((rows, columns), pair(move.padding), (0, 1), strict=True):
                    offsets_N = (draws_ND[:, column + at] * (2 * padding + 1)).long() - padding
                    if move.p < 1:
                        offsets_N = offsets_N * (draws_ND[:, column + 2] < move.p)
                    axis.shift(offsets_N, move.padding_mode)
            else:
                axis = columns if isinstance(move, HFlip) else rows
                axis.flip(draws_ND[:, column] < move.p)
            column += _draws(move)
        return self._gathered(images_NCHW, rows, columns)

    def _gathered(self, images_NCHW: Tensor, rows: _Axis, columns: _Axis) -> Tensor:
        count, channels, height, width = images_NCHW.shape
        index_NHW = (rows.source * width).unsqueeze(2) + columns.source.unsqueeze(1)
        index_NCP = index_NHW.view(count, 1, -1).expand(-1, channels, -1)
        moved = images_NCHW.reshape(count, channels, -1).gather(2, index_NCP)
        moved_NCHW = moved.view(count, channels, height, width)
        if rows.inside is not None and columns.inside is not None:
            inside_NHW = rows.inside.unsqueeze(2) & columns.inside.unsqueeze(1)
            moved_NCHW.mul_(inside_NHW.unsqueeze(1))
        return moved_NCHW


def _draws(move: Move) -> int:
    return 2 + (move.p < 1) if isinstance(move, RandomCrop) else 1


class _Axis:
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
