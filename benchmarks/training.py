"""An epoch of specs/mnist.yaml on Fashion-MNIST by cnnspec's loop and by its peers', and whole runs on the digits."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn

from benchmarks import peers
from benchmarks.peers import Epoch
from benchmarks.timing import interleaved, median, ratio, row
from cnnspec.backend.build import build
from cnnspec.compiler.library import check
from cnnspec.compiler.plan import Plan
from cnnspec.core.plural import plural
from cnnspec.language.published import FashionMnist
from cnnspec.language.training import Train
from cnnspec.train import data
from cnnspec.train.data.raw import Part, Pixels, Raw
from cnnspec.train.fit import prepare
from cnnspec.train.loop import Fit, evaluate, fit_epoch
from cnnspec.train.network import Network

EPOCH = "an epoch of specs/mnist.yaml on Fashion-MNIST"
UNTIL = """
import importlib.machinery, os, runpy, sys
class Until(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "cnnspec.train.update":
            return None
        spec = super().find_spec(name, path, target)
        load = spec.loader.exec_module
        def patched(module):
            load(module)
            apply = module.Update.apply
            module.Update.apply = lambda self: (apply(self), os._exit(0))
        spec.loader.exec_module = patched
        return spec
sys.meta_path.insert(0, Until)
runpy.run_module("cnnspec", run_name="__main__", alter_sys=True)
"""
"""`python -m cnnspec` as it is, but that it ends with the first step."""
Seconds = Mapping[str, list[float]]


def steady(images: int, rounds: int) -> list[str]:
    """The loops that have their data in memory, in many short rounds: they differ by less than a machine's noise."""
    if not peers.installed():
        return []
    plan, config, raw = _recipe(images)
    ours, auto = (prepare(plan, one, raw) for one in (config, _auto(config)))
    candidates = {
        "cnnspec": _epoch(ours),
        "auto": _epoch(auto),
        "one batch": peers.fixed_batch(_seeded(plan, config), raw, ours.network.mode.memory_format),
        "by hand": peers.by_hand(_seeded(plan, config), raw),
    }
    seconds = interleaved(candidates, rounds)
    print(f"{images} images:", {name: median(taken) for name, taken in seconds.items()})
    what = "steps of specs/mnist.yaml on Fashion-MNIST"
    return [
        row(f"{what} by as many on one fixed batch", ratio(seconds, "cnnspec", "one batch"), 1.02),
        row(f"{what} by the hand-written in-memory loop's", ratio(seconds, "cnnspec", "by hand"), 1.02),
        row("the same with `precision: auto`", ratio(seconds, "auto", "by hand"), 0.6),
    ]


def epochs(images: int, rounds: int) -> list[str]:
    """An epoch of so many images, beside the loops that read them one by one."""
    if not peers.installed():
        return [
            "| an epoch on Fashion-MNIST | not measured: Debian's dataset-fashion-mnist is not installed | | |"
        ]
    plan, config, raw = _recipe(images)
    ours, auto = (prepare(plan, one, raw) for one in (config, _auto(config)))
    lightnings = _seeded(plan, config)
    with tempfile.TemporaryDirectory() as folder:
        root = peers.unpacked(Path(folder))
        candidates = {
            "cnnspec": _epoch(ours),
            "auto": _epoch(auto),
            "textbook": peers.textbook(_seeded(plan, config), peers.loader(root, images)),
            "lightning": peers.lightning(lightnings, peers.loader(root, images)),
        }
        seconds = interleaved(candidates, rounds)
    print(f"{images} images:", {name: median(taken) for name, taken in seconds.items()})
    accuracies = [_accuracy(fit, fit.network.module) for fit in (ours, auto)] + [_accuracy(ours, lightnings)]
    print("test accuracy of cnnspec, auto, lightning:", accuracies)
    textbook = row(f"{EPOCH} by the textbook loop", ratio(seconds, "cnnspec", "textbook"), 0.5)
    return [textbook, *_lightnings(seconds, rounds + 1, *accuracies)]


def _recipe(images: int) -> tuple[Plan, Train, Raw]:
    """The network of specs/mnist.yaml, how it is trained, and the first images."""
    result = check("mnist")
    plan, train = result.plan, result.train
    assert plan is not None
    assert train is not None
    config = train.model_copy(update={"validation": 0.0, "device": "cpu"})
    return plan, config, _first(data.read(FashionMnist(), plan.image), images)


def _auto(config: Train) -> Train:
    return config.model_copy(update={"precision": "auto"})


def _lightnings(seconds: Seconds, epochs: int, ours: float, auto: float, theirs: float) -> list[str]:
    """Lightning computes in fp32; by `precision: auto` it counts as slower only if it does not learn more."""
    alike, quicker = ratio(seconds, "lightning", "cnnspec"), ratio(seconds, "lightning", "auto")
    met = "yes" if quicker >= 4 and abs(auto - theirs) <= 0.01 else "no"
    told = f"test accuracy after {plural(epochs, 'epoch')} {{:.1%}}, Lightning's {theirs:.1%}"
    return [
        f"| Lightning's epoch by ours, both in fp32 ({told.format(ours)}) | {alike:.3f} × | - | - |",
        (
            f"| Lightning's epoch in fp32 by ours with `precision: auto` ({told.format(auto)}) | {quicker:.3f} × "
            f"| ≥ 4 ×, accuracies at most 1 % apart | {met} |"
        ),
    ]


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


def _seeded(plan: Plan, config: Train) -> nn.Module:
    """The network with the weights that `cnnspec train` starts from."""
    torch.manual_seed(config.seed)
    return build(plan)


def _first(raw: Raw, count: int) -> Raw:
    pixels = raw.train.images
    assert isinstance(pixels, Pixels)
    few = Pixels((count, *pixels.shape), pixels.values[: count * math.prod(pixels.shape)])
    return raw._replace(train=Part(few, raw.train.labels[:count]))


def _epoch(fit: Fit) -> Epoch:
    numbers = itertools.count(1)

    def epoch() -> None:
        fit.done = 0
        list(fit_epoch(fit, next(numbers)))

    return epoch


def _accuracy(fit: Fit, module: nn.Module) -> float:
    """Of the module on the test set, whoever trained it."""
    network = Network(module, fit.network.mode, torch.device("cpu"))
    batches = fit.sets.test_batches(fit.config.batch_size)
    return evaluate(network, batches, fit.criterion, "").accuracy
