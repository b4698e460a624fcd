"""Python's garbage collector, paused while many objects are made and none become garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no collection run inside.

    A spec's nodes live until the check is done, so that looking through them for garbage, over and
    over as they grow, would make the time of a check grow faster than the spec.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
