"""Steps of the loops that have their data in memory: they differ by less than a machine's noise.

So they are timed in many short rounds, there and back, and in several processes: where a process's memory happens to
lie makes one loop faster than another, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from benchmarks import peers
from benchmarks.timing import Timed, interleaved, median, ratio, row
from benchmarks.training import epoch_of, plan_of, recipe, seeded, with_auto
from cnnspec.runner.setup import training_state

WHAT = "steps of specs/mnist.yaml on Fashion-MNIST"
LEAST = "the least that torch takes for it: one fixed batch, weights and images in bf16 where that is faster, no casts"
WIDER = "steps of specs/fashion_small.yaml by the hand-written fp32 loop's, with `precision: auto`"


def steady(processes: int) -> list[str]:
    """The rows of the page."""
    if not peers.installed():
        return []
    small, wide = _seconds_of_processes("mnist", processes), _seconds_of_processes("fashion_small", 1)
    return [
        row(f"{WHAT} by as many on one fixed batch", ratio(small, "cnnspec", "one batch"), 1.02),
        row(f"{WHAT} by the hand-written in-memory loop's", ratio(small, "cnnspec", "by hand"), 1.02),
        row("the same with `precision: auto`", ratio(small, "auto", "by hand"), 0.6),
        f"| {LEAST} | {ratio(small, 'least', 'by hand'):.3f} × | | |",
        f"| {WIDER} | {ratio(wide, 'auto', 'by hand'):.3f} × | | |",
    ]


def _seconds_of_processes(which: str, processes: int) -> dict[str, list[float]]:
    """Seconds of each loop, in all rounds of all processes."""
    seconds: dict[str, list[float]] = {}
    for _ in range(processes):
        args = [sys.executable, "-m", "benchmarks.steady", which]
        told = subprocess.run(args, check=True, capture_output=True, text=True).stdout
        found: dict[str, list[float]] = json.loads(told)
        for name, taken in found.items():
            seconds.setdefault(name, []).extend(taken)
        print(which, {name: median(taken) for name, taken in found.items()})
    return seconds


def _mnist() -> Mapping[str, Timed]:
    plan, config, raw = recipe(6_400)
    ours, auto = (training_state(plan, one, raw) for one in (config, with_auto(config)))
    return {
        "cnnspec": epoch_of(ours),
        "auto": epoch_of(auto),
        "one batch": peers.fixed_batch(seeded(plan, config), raw, ours.network.precision),
        "least": peers.fixed_batch(seeded(plan, config), raw, auto.network.precision),
        "by hand": peers.by_hand(seeded(plan, config), raw),
    }


def _fashion_small() -> Mapping[str, Timed]:
    """Where convolutions are more of a step; trained as the other."""
    _, config, raw = recipe(1_280)
    plan = plan_of("fashion_small")
    auto = training_state(plan, with_auto(config), raw)
    return {"auto": epoch_of(auto), "by hand": peers.by_hand(seeded(plan, config), raw)}


if __name__ == "__main__":
    loops = _mnist() if sys.argv[1] == "mnist" else _fashion_small()
    print(json.dumps(interleaved(loops, rounds=11)))
