"""Where the images are kept: with the network, in memory, or nowhere. A quarter of either is what they may take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import torch

from cnnspec.core.errors import UserError

Home = Literal["device", "ram", "none"]
SHARE = 4
"""The images may take a quarter; the network, its gradients and other programs need the rest."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")


def choose(cache: str, size: int, device: torch.device, *, files: bool) -> Home:
    """Where images of `size` bytes are kept; files alone can be decoded again and again. Raises UserError."""
    if cache == "none" and not files:
        message = "cache: none is for image files, this data set is read whole"
        raise UserError(message, "Leave cache out, or write ram or device.")
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


def memory() -> int:
    """Bytes that this process may use: the machine's, or less where a container says so."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = _CGROUP.read_text("ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdecimal() else machine


def shown(size: float) -> str:
    """`45.0 MiB`."""
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1000 or unit == "GiB":  # noqa: PLR2004 -- four digits are too many
            break
    return f"{size:,.1f} {unit}"
