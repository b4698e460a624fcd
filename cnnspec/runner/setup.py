"""From a checked spec to a training, and from a run folder to its test again."""

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
from cnnspec.runner import checkpoint, loop
from cnnspec.runner.checkpoint import CheckpointMetadata
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.losses import Criterion, criterion
from cnnspec.runner.run_folder import RunFolder, environment_data
from cnnspec.runner.torch_errors import torch_errors_as_user_errors
from cnnspec.runner.training_events import Event, Score
from cnnspec.runner.training_state import TrainingState
from cnnspec.settings.train import Train


@dataclass(frozen=True, slots=True)
class Training:
    """A run folder that is ready, and the events that fill it; iterate them to train."""

    folder: Path
    events: Iterator[Event]


class Evaluation(NamedTuple):
    """The score of a run's weights on the test set."""

    epoch: int
    """The one that left the weights."""
    score: Score
    bad: Sequence[tuple[str, str]]
    """Files that could not be read, with the reason."""
    same_images: bool
    """Whether the training was tested with them, too."""


def start_training(
    plan: Plan, config: Train, dataset: Dataset, *, spec: str, out: Path, command: Sequence[str]
) -> Training:
    """Make the network, its data and its run folder under `out`. Raises UserError.

    `spec` is the text that the run folder keeps, `command` what environment.json says was called.
    """
    state = training_state(plan, config, dataset)
    environment = environment_data(state.network.device, state.network.precision, config.seed, command)
    run = RunFolder.create(out, plan.name, spec, environment)
    statistics = state.data.pipeline.statistics
    metadata = CheckpointMetadata(0, statistics, dataset.class_names, dataset.resize, dataset.test.digest)
    events = run.record(loop.train(state), state.update.eval_network.module, metadata)
    return Training(run.path, _with_user_errors(events, config.batch_size))


def training_state(plan: Plan, config: Train, dataset: Dataset) -> TrainingState:
    """The training of a plan before its first step. Raises UserError."""
    check_outputs(dataset, plan.scores, plan.name, binary=config.loss.one_for_two)
    with rejects_as_user_errors():
        config.require_watched(others=dataset.validation is not None)
    device = repeatable_device(config)
    with torch_errors_as_user_errors(config.batch_size):
        data = training_data(dataset, config, device)
        torch.manual_seed(config.seed)
        network = network_of(plan, config, device)
        return TrainingState(
            network, data, _criterion(plan, config, dataset, device), config, layer_lines(plan)
        )


def repeatable_device(config: Train) -> torch.device:
    """The device that the config asks for, which gives the same bits each time as far as it asks. Raises UserError."""
    device = resolve_device(config.device)
    set_determinism(device, deterministic=config.deterministic)
    return device


def network_of(plan: Plan, config: Train, device: torch.device) -> Network:
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


def layer_lines(plan: Plan) -> dict[str, str]:
    """Of each layer's path, what it is and where: `conv, specs/mnist.yaml:7`."""
    return {node.path: f"{node.kind}, {node.place.source.name}:{node.place.line}" for node in plan.nodes}


def _criterion(plan: Plan, config: Train, dataset: Dataset, device: torch.device) -> Criterion:
    counts = class_counts(dataset, config) if config.loss.counts_classes else None
    return criterion(config.loss, plan.scores, counts, device)


def _with_user_errors(events: Iterator[Event], batch_size: int) -> Iterator[Event]:
    with torch_errors_as_user_errors(batch_size):
        yield from events


def evaluate_run(plan: Plan, config: Train, dataset: Dataset, weights: Path) -> Evaluation:
    """Test the weights of a run. Raises UserError."""
    device = repeatable_device(config)
    network = network_of(plan, config, device)
    metadata = checkpoint.load(weights, network.module)
    _require_same_data(weights, metadata, dataset)
    test = Cache.of(dataset, config, device).loader(dataset.test)
    pipeline = Pipeline((), metadata.statistics, len(dataset.class_names), device, config.seed)
    with torch_errors_as_user_errors(config.batch_size):
        batches = all_batches(test, pipeline, config.batch_size)
        loss = _criterion(plan, config, dataset, device)
        score = loop.evaluate(network, batches, loss, "on the test set", layer_lines(plan))
    bad = sorted(set(test.bad.values()))
    return Evaluation(metadata.epoch, score, bad, same_images=metadata.test == dataset.test.digest)


def _require_same_data(weights: Path, metadata: CheckpointMetadata, dataset: Dataset) -> None:
    """Raise UserError where the data's classes or channels are others than those of the weights' training."""
    if metadata.class_names != dataset.class_names:
        were, are = (", ".join(names[:5]) for names in (metadata.class_names, dataset.class_names))
        message = f"{weights}: trained to tell {were} apart, the classes of the data are {are}"
        raise UserError(message, "Give the data the classes that it had.")
    were_channels, channels = len(metadata.statistics.mean), dataset.test.image_shape[0]
    if were_channels != channels:
        message = f"{weights}: trained on images of {plural(were_channels, 'channel')}, these have {channels}"
        raise UserError(message)
