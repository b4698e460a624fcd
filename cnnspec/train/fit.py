"""From a checked spec to a training under way, and from a run folder to its test again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from cnnspec.backend.build import build
from cnnspec.backend.device import resolve, settle
from cnnspec.compiler.plan import Plan
from cnnspec.core.errors import UserError
from cnnspec.language.training import Train
from cnnspec.train import checkpoint, loop
from cnnspec.train.data.dataset import Batches, as_tensors
from cnnspec.train.data.idx import Raw
from cnnspec.train.data.sets import divide
from cnnspec.train.environment import describe
from cnnspec.train.events import Event, Score
from cnnspec.train.faults import in_our_words
from cnnspec.train.run import Run


@dataclass(frozen=True, slots=True)
class Training:
    """A run folder that is ready, and the events that fill it; iterate them to train."""

    folder: Path
    events: Iterator[Event]


def start(plan: Plan, config: Train, raw: Raw, *, spec: str, out: Path, command: Sequence[str]) -> Training:
    """Make the network, its data and its run folder under `out`. Raises UserError.

    `spec` is the text that the run folder keeps, `command` what environment.json says was called.
    """
    device = resolve(config.device)
    settle(device)
    sets = divide(as_tensors(raw), config, device)
    torch.manual_seed(config.seed)
    model = _made(plan, device)
    run = Run.create(out, plan.name, spec, describe(device, config.seed, command))
    events = run.record(loop.train(model, sets, config), model, sets.scale)
    return Training(run.folder, _told(events, config))


def _made(plan: Plan, device: torch.device) -> nn.Module:
    """The network on its device. Raises UserError where its weights don't fit there."""
    try:
        return build(plan).to(device)
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


def evaluate(plan: Plan, config: Train, raw: Raw, weights: Path) -> tuple[int, Score]:
    """The epoch that left the weights, and their score on the test set. Raises UserError."""
    device = resolve(config.device)
    settle(device)
    model = _made(plan, device)
    about = checkpoint.load(weights, model)
    test = as_tensors(raw).test
    channels = test.pixels_NCHW.shape[1]
    if len(about.scale.mean) != channels:
        message = f"{weights}: trained on images of {len(about.scale.mean)} channels, these have {channels}"
        raise UserError(message)
    batches = Batches(test.to(device), about.scale)
    with in_our_words(config.batch_size):
        return about.epoch, loop.evaluate_all(model, batches, config)
