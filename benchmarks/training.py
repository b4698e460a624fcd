"""An epoch of specs/mnist.yaml on Fashion-MNIST: cnnspec's loop, one written by hand, and the textbook's.

All train equal networks on the same images with the same settings.

- cnnspec: `fit_epoch`, which also sums up loss and accuracy;
- by hand: all images normalised beforehand, as floats in memory, and the barest step;
- textbook: torchvision's dataset, ToTensor and Normalize image by image, DataLoader, as in PyTorch's
  own MNIST example, with as many workers as was quickest.
"""

from __future__ import annotations

import gzip
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from benchmarks.timing import interleaved, median, ratio, row
from cnnspec.backend.build import build
from cnnspec.compiler.library import check
from cnnspec.compiler.plan import Plan
from cnnspec.language.published import FashionMnist
from cnnspec.language.training import Train
from cnnspec.train import data
from cnnspec.train.data import mnist
from cnnspec.train.data.raw import Part, Pixels, Raw
from cnnspec.train.fit import prepare
from cnnspec.train.loop import fit_epoch

Epoch = Callable[[], object]


def epochs(images: int, rounds: int) -> list[str]:
    """An epoch of so many images, by the three loops in turn."""
    if not all((mnist.SYSTEM[FashionMnist] / f"{name}.gz").exists() for name in mnist.NAMES):
        return [
            "| an epoch on Fashion-MNIST | not measured: Debian's dataset-fashion-mnist is not installed | | |"
        ]
    result = check("mnist")
    plan, train = result.plan, result.train
    assert plan is not None
    assert train is not None
    config = train.model_copy(update={"validation": 0.0})
    raw = _first(data.read(FashionMnist(), plan.image), images)
    with tempfile.TemporaryDirectory() as folder:
        candidates = {
            "cnnspec": _ours(plan, raw, config),
            "cnnspec, precision auto": _ours(plan, raw, config.model_copy(update={"precision": "auto"})),
            "by hand": _by_hand(build(plan), raw, config),
            **_textbooks(lambda: build(plan), _unpacked(Path(folder)), images, config),
        }
        seconds = interleaved(candidates, rounds)
    print(f"{images} images:", {name: median(taken) for name, taken in seconds.items()})
    textbook = min(
        (n for n in seconds if n.startswith("textbook")), key=lambda n: statistics.median(seconds[n])
    )
    return [
        row(
            "an epoch on Fashion-MNIST by the hand-written in-memory loop",
            ratio(seconds, "cnnspec", "by hand"),
            1.02,
        ),
        row(
            "the same with `precision: auto`",
            ratio(seconds, "cnnspec, precision auto", "by hand"),
            0.6,
        ),
        row(
            f"an epoch on Fashion-MNIST by the textbook loop ({textbook})",
            ratio(seconds, "cnnspec", textbook),
            0.5,
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


def _first(raw: Raw, count: int) -> Raw:
    pixels = raw.train.images
    assert isinstance(pixels, Pixels)
    few = Pixels((count, *pixels.shape), pixels.values[: count * math.prod(pixels.shape)])
    return raw._replace(train=Part(few, raw.train.labels[:count]))


def _ours(plan: Plan, raw: Raw, config: Train) -> Epoch:
    fit = prepare(plan, config, raw)

    def epoch() -> None:
        fit.done = 0
        list(fit_epoch(fit, epoch=1))

    return epoch


def _by_hand(model: nn.Module, raw: Raw, config: Train) -> Epoch:
    pixels = raw.train.images
    assert isinstance(pixels, Pixels)
    images_NCHW = torch.frombuffer(pixels.values, dtype=torch.uint8).view(pixels.sizes).float()
    images_NCHW, labels_N = (
        (images_NCHW - images_NCHW.mean()) / images_NCHW.std(),
        torch.tensor(raw.train.labels),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    criterion = nn.CrossEntropyLoss()

    def epoch() -> None:
        model.train()
        for chosen_N in torch.randperm(len(images_NCHW)).split(config.batch_size):
            optimizer.zero_grad()
            criterion(model(images_NCHW[chosen_N]), labels_N[chosen_N]).backward()
            optimizer.step()

    return epoch


def _textbooks(make: Callable[[], nn.Module], root: Path, count: int, config: Train) -> dict[str, Epoch]:
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.2860,), (0.3530,))])
    images = Subset(datasets.FashionMNIST(root, transform=steps), range(count))
    return {f"textbook, {workers} workers": _textbook(make(), images, config, workers) for workers in (0, 2)}


def _textbook(model: nn.Module, images: Subset[object], config: Train, workers: int) -> Epoch:
    loader = DataLoader(images, batch_size=config.batch_size, shuffle=True, num_workers=workers)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)

    def epoch() -> None:
        model.train()
        for images_NCHW, labels_N in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images_NCHW), labels_N).backward()
            optimizer.step()

    return epoch


def _unpacked(root: Path) -> Path:
    """The files where torchvision wants them: below a root, and not gzipped."""
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.NAMES:
        packed = mnist.SYSTEM[FashionMnist] / f"{name}.gz"
        (raw / name).write_bytes(gzip.decompress(packed.read_bytes()))
    return root
