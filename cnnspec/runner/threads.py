"""How torch's threads wait for each other. To be called before torch is imported; imports none itself."""

from __future__ import annotations

import os

_SPINS = "10000"


def wait_briefly() -> None:
    """Have OpenMP's threads sleep when they wait for longer than some microseconds.

    They spin for milliseconds otherwise. Where another program wants the cores, a step of a small
    network takes ten times as long then; where none does, it takes as long either way.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
