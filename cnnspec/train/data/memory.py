"""What a machine's memory can't hold is told before it is asked for."""

from __future__ import annotations

import os

from cnnspec.core.errors import UserError


def require_memory(size: int, what: str) -> None:
    """Raise UserError when `size` bytes are more than the machine has; `what` is the message's beginning."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size > machine:
        message = f"{what} {size / 2**30:,.1f} GiB, this machine has {machine / 2**30:,.1f} GiB of memory"
        raise UserError(message, "Take fewer images, or smaller ones.")
