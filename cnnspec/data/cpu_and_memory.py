"""What this process may use of the machine: memory and cores. What memory can't hold is told before it is asked for."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

from cnnspec.core.errors import UserError

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def available_cores() -> int:
    """At least one; where the system doesn't say which are allowed, the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def total_memory(limit_file: Path = _CGROUP_LIMIT) -> int:
    """In bytes: the machine's, or less where a container says so in its `limit_file`, or `ulimit -v` does."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    process, _ = resource.getrlimit(resource.RLIMIT_AS)
    if process != resource.RLIM_INFINITY:
        limits.append(process)
    with suppress(OSError, ValueError):  # where no container is, or the file says `max`
        limits.append(int(limit_file.read_text("ascii")))
    return min(limits)


def require_memory(size: int, what: str) -> None:
    """Raise UserError when `size` bytes are more than there is; `what` is the message's beginning."""
    if size > total_memory():
        message = (
            f"{what} {size / 2**30:,.1f} GiB, this machine has {total_memory() / 2**30:,.1f} GiB of memory"
        )
        raise UserError(message, "Take fewer images, or smaller ones.")


def byte_count(size: float) -> str:
    """`45.0 MiB`."""
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1000 or unit == "GiB":  # noqa: PLR2004 -- four digits are too many
            break
    return f"{size:,.1f} {unit}"
