"""Pillow's modes brought to the three that are resized here, L, RGB and RGBA, and those to planes of bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnspec.data.dataset import WHITE

_ALPHA = {"LA", "La", "PA", "RGBA", "RGBa"}
_GREY = {"1", "L"}
_DEEP = 65535
_RGBA = 4


def convert(image: Image.Image, channels: int) -> Image.Image:
    """L, RGB or RGBA: the one of fewest channels in which nothing is lost that the network takes."""
    if image.mode.startswith("I") or image.mode == "F":
        return _shallow(image)
    transparent = image.mode in _ALPHA or "transparency" in image.info
    if transparent and channels == _RGBA:
        return image.convert("RGBA")
    if image.mode in {"P", "PA"} and transparent:
        image = image.convert("RGBA")  # Pillow warns where it is to do both steps at once
    if image.mode in {"LAB", "HSV"}:
        raise ValueError(f"the colours are {image.mode}")
    mode = "L" if channels == 1 or image.mode in _GREY | {"LA", "La"} else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _shallow(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, or of floats, in 8 bits: by the range of what can be stored, never cut off."""
    values = np.asarray(image)
    low, high = values.min(), values.max()
    if values.dtype.kind == "f":
        if not (np.isfinite([low, high]).all() and low >= 0 and high <= WHITE):
            raise ValueError(f"floats from {low:g} to {high:g}: 0 to 1 or 0 to 255 are expected")
        scaled = np.rint(values * (WHITE if high <= 1 else 1))
    else:
        if low < 0 or high > _DEEP:
            raise ValueError(f"numbers from {low} to {high}: 0 to {_DEEP:,} are expected")
        scaled = (values.astype(np.uint32) + WHITE // 2 + 1) // (_DEEP // WHITE)
    return Image.fromarray(scaled.astype(np.uint8))


def planes(pixels: NDArray[np.uint8], channels: int) -> bytes:
    """H×W or H×W×C values as `channels` planes; grey fills each colour, what has no alpha is opaque."""
    if pixels.ndim == 2:  # noqa: PLR2004 -- height and width
        pixels = pixels[:, :, None]
    if pixels.shape[2] == channels:
        return pixels.transpose(2, 0, 1).tobytes()
    colours = np.broadcast_to(pixels, (*pixels.shape[:2], 3)) if pixels.shape[2] == 1 else pixels
    if channels == _RGBA:
        opaque = np.full((*pixels.shape[:2], 1), WHITE, np.uint8)
        colours = np.concatenate([colours, opaque], axis=2)
    return colours.transpose(2, 0, 1).tobytes()
