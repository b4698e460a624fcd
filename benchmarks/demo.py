"""Whole trainings of the demo, from the shell: until the first step, and until the end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import interleaved, median

UNTIL = """
import importlib.machinery, os, runpy, sys
class Until(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "cnnspec.runner.update":
            return None
        spec = super().find_spec(name, path, target)
        load = spec.loader.exec_module
        def patched(module):
            load(module)
            step = module.Update.step
            module.Update.step = lambda self: (step(self), os._exit(0))
        spec.loader.exec_module = patched
        return spec
sys.meta_path.insert(0, Until)
runpy.run_module("cnnspec", run_name="__main__", alter_sys=True)
"""
"""`python -m cnnspec` as it is, but that it ends with the first step."""


def digits(seeds: int) -> list[str]:
    """The demo, cold from the shell, with several seeds."""
    accuracies, taken = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(seeds):
            began = time.perf_counter()
            args = [sys.executable, "-m", "cnnspec", "train", "digits", "--seed", str(seed), "--out", folder]
            subprocess.run(args, check=True, capture_output=True)
            taken.append(time.perf_counter() - began)
            metrics = Path(folder) / "digits" / str(seed + 1) / "metrics.jsonl"
            accuracies.append(json.loads(metrics.read_text().splitlines()[-1])["test_accuracy"])
    worst, slowest = min(accuracies), max(taken)
    print("digits:", accuracies, [round(seconds, 1) for seconds in taken])
    return [
        f"| digits, least test accuracy of {seeds} seeds | {worst:.2%} | ≥ 98.5 % | {'yes' if worst >= 0.985 else 'no'} |",
        f"| digits, longest of {seeds} whole runs | {slowest:.1f} s | < 30 s | {'yes' if slowest < 30 else 'no'} |",
    ]


def first_step(rounds: int) -> list[str]:
    """From the shell to the first step's end, beside a process that only imports torch."""
    with tempfile.TemporaryDirectory() as folder:
        candidates: dict[str, Callable[[], object]] = {
            "torch": lambda: subprocess.run(
                [sys.executable, "-c", "import os, torch; os._exit(0)"], check=True
            ),
            "step": lambda: subprocess.run(
                [sys.executable, "-c", UNTIL, "train", "digits", "--out", folder],
                check=True,
                capture_output=True,
            ),
        }
        seconds = interleaved(candidates, rounds)
    over = sorted(a - b for a, b in zip(seconds["step"], seconds["torch"], strict=True))[rounds // 2]
    print("first step:", {name: median(taken) for name, taken in seconds.items()})
    met = "yes" if over <= 0.7 else "no"
    return [
        f"| `cnnspec train digits`, from the shell to its first step, beyond torch's import | {over:.2f} s | ≤ 0.7 s | {met} |"
    ]
