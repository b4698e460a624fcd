"""Epochs of specs/mnist.yaml on Fashion-MNIST by cnnspec's loop and by its peers', and what they share."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from benchmarks import peers
from benchmarks.peers import Epoch
from benchmarks.timing import interleaved, median, ratio, row, timed
from cnnspec.backend.build import build
from cnnspec.compiler.plan import Plan
from cnnspec.core.plural import plural
from cnnspec.data.dataset import Dataset
from cnnspec.data.read import read_dataset
from cnnspec.library.specs import check
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.loop import evaluate, train_epoch
from cnnspec.runner.setup import training_state
from cnnspec.runner.training_state import TrainingState
from cnnspec.settings.datasets.published import FashionMnist
from cnnspec.settings.train import Train

EPOCH = "an epoch of specs/mnist.yaml on Fashion-MNIST"
Seconds = Mapping[str, list[float]]


def epochs(images: int, rounds: int) -> list[str]:
    """An epoch of so many images, beside the loops that read them one by one."""
    if not peers.installed():
        return [
            "| an epoch on Fashion-MNIST | not measured: Debian's dataset-fashion-mnist is not installed | | |"
        ]
    plan, config, raw = recipe(images)
    ours, auto = (training_state(plan, one, raw) for one in (config, with_auto(config)))
    lightnings = seeded(plan, config)
    accuracies: dict[str, list[float]] = {}

    def scored(epoch: Epoch, name: str, module: nn.Module) -> Epoch:
        def run() -> float:
            taken = timed(epoch)
            accuracies.setdefault(name, []).append(_accuracy(ours, module))
            return taken

        return run

    with tempfile.TemporaryDirectory() as folder:
        root = peers.unpacked(Path(folder))
        candidates = {
            "cnnspec": scored(epoch_of(ours), "cnnspec", ours.network.module),
            "auto": scored(epoch_of(auto), "auto", auto.network.module),
            "textbook": peers.textbook(seeded(plan, config), peers.loader(root, images)),
            "lightning": scored(
                peers.lightning(lightnings, peers.loader(root, images)), "lightning", lightnings
            ),
        }
        seconds = interleaved(candidates, rounds)
    print(f"{images} images:", {name: median(taken) for name, taken in seconds.items()})
    print("test accuracies, epoch by epoch:", accuracies)
    textbook = row(f"{EPOCH} by the textbook loop", ratio(seconds, "cnnspec", "textbook"), 0.5)
    return [textbook, *_lightnings(seconds, accuracies)]


def recipe(images: int) -> tuple[Plan, Train, Dataset]:
    """The network of specs/mnist.yaml, how it is trained, and the first images."""
    plan, train = plan_of("mnist"), check("mnist").train
    assert train is not None
    config = train.model_copy(update={"validation": 0.0, "device": "cpu"})
    return plan, config, _first(read_dataset(FashionMnist(), plan.image), images)


def plan_of(spec: str) -> Plan:
    """The plan of a spec that ships."""
    plan = check(spec).plan
    assert plan is not None
    return plan


def with_auto(config: Train) -> Train:
    """The same recipe with `precision: auto`."""
    return config.model_copy(update={"precision": "auto"})


def _lightnings(seconds: Seconds, accuracies: Mapping[str, list[float]]) -> list[str]:
    """Lightning computes in fp32; by `precision: auto` it counts as slower only if it does not learn more.

    How much is learnt is told by the mean over the epochs: of a single one it differs by a percent from order to order.
    """
    alike, quicker = ratio(seconds, "lightning", "cnnspec"), ratio(seconds, "lightning", "auto")
    learnt = {name: statistics.mean(epochs) for name, epochs in accuracies.items()}
    met = "yes" if quicker >= 4 and abs(learnt["auto"] - learnt["lightning"]) <= 0.01 else "no"
    epochs = plural(len(accuracies["lightning"]), "epoch")
    told = f"mean test accuracy of {epochs} {{:.1%}}, Lightning's {learnt['lightning']:.1%}"
    return [
        f"| Lightning's epoch by ours, both in fp32 ({told.format(learnt['cnnspec'])}) | {alike:.3f} × | - | - |",
        (
            f"| Lightning's epoch in fp32 by ours with `precision: auto` ({told.format(learnt['auto'])}) "
            f"| {quicker:.3f} × | ≥ 4 ×, accuracies at most 1 % apart | {met} |"
        ),
    ]


def seeded(plan: Plan, config: Train) -> nn.Module:
    """The network with the weights that `cnnspec train` starts from."""
    torch.manual_seed(config.seed)
    return build(plan)


def _first(dataset: Dataset, count: int) -> Dataset:
    return dataset._replace(train=dataset.train.subset(range(count)))


def epoch_of(state: TrainingState) -> Epoch:
    """The training's next epoch, each time it is called."""
    numbers = itertools.count(1)

    def epoch() -> None:
        state.step = 0
        list(train_epoch(state, next(numbers)))

    return epoch


def _accuracy(state: TrainingState, module: nn.Module) -> float:
    """Of the module on the test set, whoever trained it."""
    network = Network(module, state.network.precision, torch.device("cpu"))
    batches = state.data.test_batches(state.config.batch_size)
    return evaluate(network, batches, state.criterion, "", {}).accuracy
