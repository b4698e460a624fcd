"""From a checked spec to a training under way, and from a run folder to its test again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch

from cnnspec.backend.build import build
from cnnspec.backend.device import resolve_device, set_determinism
from cnnspec.backend.precision import choose_precision
from cnnspec.compiler.checks.training.channels_last import against_channels_last
from cnnspec.compiler.plan import Plan
from cnnspec.core.errors import UserError, rejects_as_user_errors
from cnnspec.core.plural import plural
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.cache import Cache
from cnnspec.data.class_count import check_outputs
from cnnspec.data.dataset import Dataset
from cnnspec.data.splits import class_counts
from cnnspec.data.training_data import all_batches, training_data
from cnnspec.runner import checkpoint, loop, losses
from cnnspec.runner.checkpoint import About
from cnnspec.runner.environment import describe
from cnnspec.runner.events import Event, Score
from cnnspec.runner.network import Network
from cnnspec.runner.run import Run
from cnnspec.runner.torch_errors import in_our_words
from cnnspec.settings.train import Train


@dataclass(frozen=True, slots=True)
class Training:
    """A run folder that is ready, and the events that fill it; iterate them to train."""

    folder: Path
    events: Iterator[Event]


class Tested(NamedTuple):
    """The score of a run's weights on the test set."""

    epoch: int
    """The one that left the weights."""
    score: Score
    bad: Sequence[tuple[str, str]]
    """Files that could not be read, with the reason."""
    same_images: bool
    """Whether the training was tested with them, too."""


def start(
    plan: Plan, config: Train, dataset: Dataset, *, spec: str, out: Path, command: Sequence[str]
) -> Training:
    """Make the network, its data and its run folder under `out`. Raises UserError.

    `spec` is the text that the run folder keeps, `command` what environment.json says was called.
    """
    fit = prepare(plan, config, dataset)
    data, network = fit.sets, fit.network
    run = Run.create(out, plan.name, spec, describe(network.device, network.precision, config.seed, command))
    about = About(0, data.pipeline.statistics, dataset.class_names, dataset.resize, dataset.test.digest)
    events = run.record(loop.train(fit), fit.update.kept.module, about)
    return Training(run.folder, _told(events, config))


def prepare(plan: Plan, config: Train, dataset: Dataset) -> loop.Fit:
    """The training of a plan before its first step. Raises UserError."""
    check_outputs(dataset, plan.scores, plan.name, binary=config.loss.one_for_two)
    with rejects_as_user_errors():
        config.watches(others=dataset.validation is not None)
    device = resolve_device(config.device)
    set_determinism(device, deterministic=config.deterministic)
    with in_our_words(config.batch_size):
        data = training_data(dataset, config, device)
        torch.manual_seed(config.seed)
        network = made(plan, config, device)
        criterion = _criterion(plan, config, dataset, device)
        return loop.prepared(network, data, criterion, config, lines_of(plan))


def _criterion(plan: Plan, config: Train, dataset: Dataset, device: torch.device) -> losses.Criterion:
    counts = class_counts(dataset, config) if config.loss.counts_classes else None
    return losses.loss(config.loss, plan.scores, counts, device)


def lines_of(plan: Plan) -> dict[str, str]:
    """Of each layer's path, what it is and where: `conv, specs/mnist.yaml:7`."""
    return {node.path: f"{node.kind}, {node.place.source.name}:{node.place.line}" for node in plan.nodes}


def made(plan: Plan, config: Train, device: torch.device) -> Network:
    """The network on its device. Raises UserError where its weights don't fit there, or it can't compute so."""
    precision = choose_precision(config, device, has_images=not against_channels_last(plan))
    try:
        return Network(build(plan), precision, device, plan.matrices, compiled=config.compile)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        size = f"{plan.params * 4 / 2**30:,.1f} GiB"
        raise UserError(
            f"the network's {plan.params:,} weights take {size}, more than {device} has"
        ) from error


def _told(events: Iterator[Event], config: Train) -> Iterator[Event]:
    with in_our_words(config.batch_size):
        yield from events


def evaluate(plan: Plan, config: Train, dataset: Dataset, weights: Path) -> Tested:
    """Test the weights of a run. Raises UserError."""
    device = resolve_device(config.device)
    set_determinism(device, deterministic=config.deterministic)
    network = made(plan, config, device)
    about = checkpoint.load(weights, network.module)
    if about.class_names != dataset.class_names:
        were, are = (", ".join(names[:5]) for names in (about.class_names, dataset.class_names))
        message = f"{weights}: trained to tell {were} apart, the classes of the data are {are}"
        raise UserError(message, "Give the data the classes that it had.")
    channels = dataset.test.image_shape[0]
    if len(about.scale.mean) != channels:
        message = f"{weights}: trained on images of {plural(len(about.scale.mean), 'channel')}, these have {channels}"
        raise UserError(message)
    classes = len(dataset.class_names)
    test = Cache.of(dataset, config, device).loader(dataset.test)
    pipeline = Pipeline((), about.scale, classes, device, config.seed)
    criterion = _criterion(plan, config, dataset, device)
    with in_our_words(config.batch_size):
        batches = all_batches(test, pipeline, config.batch_size)
        score = loop.evaluate(network, batches, criterion, "on the test set", lines_of(plan))
    bad = sorted(set(test.bad.values()))
    return Tested(about.epoch, score, bad, same_images=about.test == dataset.test.digest)
