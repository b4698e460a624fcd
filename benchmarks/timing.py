"""Paired timings: machines are noisy, so what is compared runs in turn, and ratios are what counts."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

_PAUSE = 0.05
"""Seconds until the threads of what ran before have stopped waiting busily for more (OpenMP's do for a while)."""

Timed = Callable[[], object]
"""What is timed; where it returns a float, these are its seconds, without what it sets up."""


def command(*args: str) -> Timed:
    """A whole process, cold: `python …` with this interpreter."""
    return lambda: subprocess.run([sys.executable, *args], check=True, capture_output=True)


def interleaved(candidates: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Seconds of each candidate, in turn, there and back, `rounds` times after one warm-up each."""
    for run in candidates.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds):
        for name in list(candidates)[:: 1 if number % 2 else -1]:
            time.sleep(_PAUSE)
            seconds[name].append(timed(candidates[name]))
    return seconds


def timed(run: Timed) -> float:
    """Seconds that it takes, or that it says it took."""
    start = time.perf_counter()
    own = run()
    return own if isinstance(own, float) else time.perf_counter() - start


def ratio(seconds: Mapping[str, list[float]], one: str, other: str) -> float:
    """The median, over the rounds, of one's time by the other's."""
    return statistics.median(a / b for a, b in zip(seconds[one], seconds[other], strict=True))


def median(values: list[float]) -> str:
    """A median time, readable."""
    value = statistics.median(values)
    return f"{value * 1000:.0f} ms" if value >= 0.01 else f"{value * 1000:.2f} ms"


def row(what: str, measured: float, target: float, *, at_least: bool = False) -> str:
    """A line of the table of results."""
    met = measured >= target if at_least else measured <= target
    sign = "≥" if at_least else "≤"
    return f"| {what} | {measured:.3f} × | {sign} {target:g} × | {'yes' if met else 'no'} |"
