"""How many cores there are to work on: those that this process may use, which can be fewer than the machine's."""

from __future__ import annotations

import os


def cores() -> int:
    """At least one; where the system doesn't say what is allowed, the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
