"""An epoch of specs/mnist.yaml on Fashion-MNIST: cnnspec's loop, one written by hand, and the textbook's.

All three train equal networks on the same images with the same settings, in turns within one run, so
that whatever else the machine does falls on all of them. What counts are the ratios.

- cnnspec: `fit_epoch`, which also sums up loss and accuracy;
- by hand: all images normalised beforehand, as floats in memory, and the barest step;
- textbook: torchvision's dataset, ToTensor and Normalize image by image, DataLoader, as in PyTorch's
  own MNIST example; with as many workers as was quickest.

    python benchmarks/train_epoch.py --json benchmarks/train_epoch.json
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from cnnspec.train.threads import wait_briefly

wait_briefly()

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from cnnspec.backend.build import build
from cnnspec.compiler.library import check
from cnnspec.language.training import FashionMnist, Train
from cnnspec.train import data, optim
from cnnspec.train.data import mnist
from cnnspec.train.data.dataset import Dataset, Images
from cnnspec.train.data.sets import divide
from cnnspec.train.loop import fit_epoch

TARGETS = {"by hand": 1.05, "textbook": 0.5}
Epoch = Callable[[], object]


def main() -> None:
    """Time the three in turns, print the medians and the ratios."""
    options = _options()
    result = check("mnist")
    assert result.plan is not None
    assert result.train is not None
    config = result.train.model_copy(update={"validation": 0.0})
    dataset = _first(data.load(FashionMnist(root=options.root)), options.images)
    with tempfile.TemporaryDirectory() as folder:
        epochs = {
            "cnnspec": _ours(build(result.plan), dataset, config),
            "by hand": _by_hand(build(result.plan), dataset, config),
            **_textbooks(lambda: build(result.plan), _unpacked(Path(folder)), len(dataset.train), config),
        }
        seconds = _timed(epochs, options.rounds)
    report = _report(seconds, len(dataset.train))
    print(json.dumps(report, indent=2))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--root", help="where Fashion-MNIST's four files are; default: where Debian puts them"
    )
    parser.add_argument("--images", type=int, default=60_000, help="of the training set, to be quicker")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="a file for the report")
    return parser.parse_args()


def _first(dataset: Dataset, count: int) -> Dataset:
    images = dataset.train
    return dataset._replace(train=Images(images.pixels_NCHW[:count], images.labels_N[:count]))


def _ours(model: nn.Module, dataset: Dataset, config: Train) -> Epoch:
    sets = divide(dataset, config, torch.device("cpu"))
    optimizer = optim.optimizer(config.optimizer, model)
    return lambda: list(fit_epoch(model, optimizer, sets, config, epoch=1))


def _by_hand(model: nn.Module, dataset: Dataset, config: Train) -> Epoch:
    images_NCHW, labels_N = dataset.train.pixels_NCHW.float(), dataset.train.labels_N
    images_NCHW = (images_NCHW - images_NCHW.mean()) / images_NCHW.std()
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


def _timed(epochs: dict[str, Epoch], rounds: int) -> dict[str, list[float]]:
    """Seconds of each, in turns; every other round backwards. The first round warms up, and is dropped."""
    seconds: dict[str, list[float]] = {name: [] for name in epochs}
    for turn in range(rounds + 1):
        for name in list(epochs) if turn % 2 else reversed(epochs):
            began = perf_counter()
            epochs[name]()
            seconds[name].append(perf_counter() - began)
        print(turn or "warm-up", {name: round(taken[-1], 2) for name, taken in seconds.items()}, flush=True)
    return {name: taken[1:] for name, taken in seconds.items()}


def _report(seconds: dict[str, list[float]], images: int) -> dict[str, object]:
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    textbook = min((name for name in medians if name.startswith("textbook")), key=lambda name: medians[name])
    peers = {"by hand": "by hand", "textbook": textbook}
    return {
        "images": images,
        "threads": torch.get_num_threads(),
        "median_s": {name: round(value, 3) for name, value in medians.items()},
        "ratios": {
            f"cnnspec / {peer}": {
                "ratio": round(_ratio(seconds["cnnspec"], seconds[name]), 3),
                "target": TARGETS[peer],
            }
            for peer, name in peers.items()
        },
    }


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios: the two of a round ran side by side."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    main()
