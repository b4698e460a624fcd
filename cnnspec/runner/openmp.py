"""How OpenMP's threads, which are torch's on a CPU, wait for each other. Imports no torch: it must be set before."""

from __future__ import annotations

import os

_SPINS = "10000"


def limit_spinning() -> None:
    """Have OpenMP's threads sleep when they wait for longer than some microseconds; to be called before torch's import.

    They spin for milliseconds otherwise. Where another program wants the cores, a step of a small
    network takes ten times as long then; where none does, it takes as long either way.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
