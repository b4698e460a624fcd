"""How much memory there is. What it can't hold is told before it is asked for. Imports no torch."""

from __future__ import annotations

import os
from pathlib import Path

from cnnspec.core.errors import UserError

_CGROUP = Path("/sys/fs/cgroup/memory.max")


def require_memory(size: int, what: str) -> None:
    """Raise UserError when `size` bytes are more than there is; `what` is the message's beginning."""
    if size > memory():
        message = f"{what} {size / 2**30:,.1f} GiB, this machine has {memory() / 2**30:,.1f} GiB of memory"
        raise UserError(message, "Take fewer images, or smaller ones.")


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
