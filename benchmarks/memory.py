"""Memory at inference and in training of every network that ships, beside torch's own account of it."""

from __future__ import annotations

import statistics

from cnnspec.compiler.memory import inference_memory, training_memory
from cnnspec.core.memory_text import memory_text
from cnnspec.library.specs import check, shipped_networks
from tests.zoo.memory_tracker import at_inference, in_training

BATCH_SIZE = 8
WANTED = 0.05


def memory() -> list[str]:
    """The worst and the median deviation; of each network its own are printed."""
    deviations: dict[str, list[float]] = {"at inference": [], "in training": []}
    for name in shipped_networks():
        result = check(name)
        plan, train = result.require_plan(), result.train
        assert train is not None
        peaks = (inference_memory(plan, train), training_memory(plan, train))
        judges = (at_inference, in_training)
        for what, peak, judge in zip(deviations, peaks, judges, strict=True):
            assert peak is not None
            ours, theirs = peak.at(BATCH_SIZE), judge(result, BATCH_SIZE)
            deviations[what].append(abs(ours / theirs - 1))
            told = f"{memory_text(ours):>8}  MemTracker {memory_text(theirs):>8}  {ours / theirs - 1:+.2%}"
            print(f"{name:<28}  {what:<12}  ours {told}", flush=True)
    return [_row(what, found) for what, found in deviations.items()]


def _row(what: str, found: list[float]) -> str:
    worst, median = max(found), statistics.median(found)
    met = "yes" if worst <= WANTED else "no"
    title = f"memory {what}, furthest from MemTracker of {len(found)} networks, batches of {BATCH_SIZE}"
    return f"| {title} | {worst:.2%}, median {median:.2%} | ≤ {WANTED:.0%} | {met} |"
