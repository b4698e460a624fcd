"""Grids of images."""

from __future__ import annotations

import torch

from cnnspec.data.statistics import ChannelStatistics
from cnnspec.runner.data_report import image_grid, png_bytes


def test_a_grid_has_grey_gaps_and_colours_where_they_are_colours():
    images = torch.zeros(3, 3, 2, 4)
    picture = image_grid(images, ChannelStatistics((255.0, 0.0, 0.0), (1.0, 1.0, 1.0)), columns=2, zoom=1)
    assert (picture.mode, picture.size) == ("RGB", (2 + 2 * 6, 2 + 2 * 4))
    assert picture.getpixel((2, 2)) == (255, 0, 0)
    assert picture.getpixel((0, 0)) == (128, 128, 128)
    five = image_grid(torch.zeros(1, 5, 2, 2), ChannelStatistics((0.0,) * 5, (1.0,) * 5), columns=1, zoom=2)
    assert (five.mode, five.size) == ("L", (12, 12))
    assert png_bytes(five).startswith(b"\x89PNG")
