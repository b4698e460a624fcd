"""A grid of images as the network sees them, as a PNG: cropped, turned, mixed; no longer normalised."""

from __future__ import annotations

import io
import math

import torch
from PIL import Image
from torch import Tensor

from cnnspec.data.dataset import WHITE
from cnnspec.data.statistics import ChannelStatistics

GAP = 2
_GREY = 128


def image_grid(images_NCHW: Tensor, statistics: ChannelStatistics, *, columns: int, zoom: int) -> Image.Image:
    """The normalised images in rows of `columns`, each pixel `zoom`×`zoom`.

    One channel is shown grey, three or four as colours, of any other number the first.
    """
    pixels_NCHW = _grey_levels(images_NCHW.cpu(), statistics)
    if pixels_NCHW.shape[1] not in (1, 3, 4):
        pixels_NCHW = pixels_NCHW[:, :1]
    count, channels, height, width = pixels_NCHW.shape
    rows = math.ceil(count / columns)
    canvas = torch.full(
        (channels, rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), _GREY, dtype=torch.uint8
    )
    for number, pixels_CHW in enumerate(pixels_NCHW):
        row, column = divmod(number, columns)
        top, left = GAP + row * (height + GAP), GAP + column * (width + GAP)
        canvas[:, top : top + height, left : left + width] = pixels_CHW
    image = Image.fromarray(canvas.permute(1, 2, 0).squeeze(-1).contiguous().numpy())
    return image.resize((image.width * zoom, image.height * zoom), Image.Resampling.NEAREST)


def _grey_levels(images_NCHW: Tensor, statistics: ChannelStatistics) -> Tensor:
    mean_C11, std_C11 = (torch.tensor(part).view(-1, 1, 1) for part in statistics)
    return (images_NCHW * std_C11 + mean_C11).round().clamp(0, WHITE).to(torch.uint8)


def png_bytes(image: Image.Image) -> bytes:
    """The bytes of the file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
