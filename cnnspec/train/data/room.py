"""Where the images are kept: with the network, in memory, or nowhere. `auto` takes a place they leave most of free."""

from __future__ import annotations

from typing import Literal

import torch

from cnnspec.core.errors import UserError
from cnnspec.train.data.memory import memory, shown

Home = Literal["device", "ram", "none"]
SHARE = 1 / 4
"""Of a place, what images may take by themselves; the network, its gradients and other programs need the rest."""
MOST = 3 / 4
"""What they may take where the spec names the place: whoever names it knows how small the network is."""


def choose(cache: str, size: int, device: torch.device, *, files: bool) -> Home:
    """Where images of `size` bytes are kept; files alone can be decoded again and again. Raises UserError.

    Files are decoded in memory, wherever they go then; what is no files lies there already, and asks for no room.
    """
    assert cache != "none" or files, "a check of the spec tells where there are no files"
    if cache == "auto":
        return _best(size, device, files=files)
    if cache == "none":
        return "none"
    home: Home = "device" if cache == "device" and device.type != "cpu" else "ram"
    rooms = [_memory_of(device)] * (home == "device") + [memory()] * files
    for room in rooms:
        if size > MOST * room:
            message = f"cache: {cache} takes {shown(size)}; of {shown(room)} it may take {shown(MOST * room)}"
            raise UserError(message, "Write `cache: auto`.")
    return home


def _best(size: int, device: torch.device, *, files: bool) -> Home:
    decodable = not files or size <= MOST * memory()
    if device.type != "cpu" and decodable and size <= SHARE * _memory_of(device):
        return "device"
    return "ram" if size <= SHARE * memory() or not files else "none"


def _memory_of(device: torch.device) -> int:
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else memory()
