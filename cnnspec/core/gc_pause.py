"""Python's garbage collector, paused while many objects are made that all live on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Run no garbage collection inside.

    A spec's nodes live until the check is done. Searching them for garbage over and over, as they
    become more, would make the time of a check grow faster than the spec.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
