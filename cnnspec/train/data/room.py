"""Where the images are kept: with the network, in memory, or nowhere. A quarter of either is what they may take."""

from __future__ import annotations

from typing import Literal

import torch

from cnnspec.core.errors import UserError
from cnnspec.train.data.memory import memory, shown

Home = Literal["device", "ram", "none"]
SHARE = 4
"""The images may take a quarter; the network, its gradients and other programs need the rest."""


def choose(cache: str, size: int, device: torch.device, *, files: bool) -> Home:
    """Where images of `size` bytes are kept; files alone can be decoded again and again. Raises UserError."""
    assert cache != "none" or files, "a check of the spec tells where there are no files"
    if cache == "auto":
        return _best(size, device, files=files)
    home: Home = "ram" if cache == "ram" else "none" if cache == "none" else "device"
    if device.type == "cpu" and home == "device":
        return "ram"
    room = _memory_of(device) if home == "device" else memory()
    if home != "none" and size > room:
        message = f"cache: {cache} takes {shown(size)}, there are {shown(room)}"
        raise UserError(message, "Write `cache: auto`." if files else "Take fewer images.")
    return home


def _best(size: int, device: torch.device, *, files: bool) -> Home:
    if device.type != "cpu" and size * SHARE <= _memory_of(device):
        return "device"
    return "ram" if size * SHARE <= memory() or not files else "none"


def _memory_of(device: torch.device) -> int:
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else memory()
