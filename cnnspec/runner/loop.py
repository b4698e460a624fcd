"""The training loop: plain torch, read from top to bottom. It yields events and writes nothing.

The same seed gives the same weights, bit for bit, on the same machine: on a CPU with the same number of threads, for
sums are split among them, and on a GPU with `deterministic`. The first weights are the caller's; the order of the
images, their augmentation and all chance within an epoch depend on the seed and the epoch alone.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter

import torch
from torch import Tensor

from cnnspec.data.bad_files import readable
from cnnspec.data.seeding import subseed
from cnnspec.data.training_data import TrainingData
from cnnspec.runner.best_weights import Best
from cnnspec.runner.errors import NonFiniteError
from cnnspec.runner.events import Epoch, Event, Finished, Score, Skipped, Started, Step, Stopped
from cnnspec.runner.losses import Criterion
from cnnspec.runner.metrics import Meter, require_finite_weights
from cnnspec.runner.network import Network
from cnnspec.runner.nonfinite import Guard, blame, is_sound
from cnnspec.runner.steps import Steps, grouped
from cnnspec.runner.update import Update
from cnnspec.settings.train import Train

TELL_EVERY_S = 0.25
"""How often, at most, a step is told of: to tell is to wait for the device."""


@dataclass(slots=True)
class Fit:
    """A training under way: what its epochs share, and how many steps are done."""

    network: Network
    sets: TrainingData
    criterion: Criterion
    config: Train
    steps: Steps
    update: Update
    lines: Mapping[str, str] = field(default_factory=dict)
    """Of each layer's path, what it is and where it is written."""
    done: int = 0


def prepared(
    network: Network,
    sets: TrainingData,
    criterion: Criterion,
    config: Train,
    lines: Mapping[str, str] | None = None,
) -> Fit:
    """A training before its first step. Raises UserError where there is nothing to train."""
    steps = Steps.of(len(sets.fit_F), config)
    return Fit(network, sets, criterion, config, steps, Update(network, config, steps), lines or {})


def train(fit: Fit) -> Iterator[Event]:
    """Train the network and test it once, with the weights of its best epoch.

    Whoever looks at an event finds the model as the event says. Raises UserError when the loss is no
    finite number any more; the model has the weights from before that step then.
    """
    sets, config, steps, update = fit.sets, fit.config, fit.steps, fit.update
    best, began = Best(config.early_stopping), perf_counter()
    yield _started(fit)

    for epoch in range(1, steps.epochs + 1):
        epoch_began = perf_counter()
        trained = yield from fit_epoch(fit, epoch)
        images_per_s = trained.images / (perf_counter() - epoch_began)
        require_finite_weights(fit.network.module, epoch)

        validation = None
        if len(sets.validation_V):
            validation = _validated(fit, epoch)
        improved = best.take(update.kept.module, epoch, fit.done, validation)
        lr = update.end_epoch((validation or trained).loss)
        yield from (Skipped(file, reason) for file, reason in sets.newly_bad())
        seconds = perf_counter() - began
        yield Epoch(epoch, fit.done, trained, validation, improved, lr, images_per_s, seconds)

        if reason := _reason_to_stop(fit, best, epoch):
            yield Stopped(epoch, fit.done, reason)
            break

    best.restore(update.kept.module)
    batches = sets.test_batches(config.batch_size)
    score = evaluate(update.kept, batches, fit.criterion, "on the test set", fit.lines)
    yield from (Skipped(file, reason) for file, reason in sets.newly_bad())
    yield Finished(best.epoch, best.step, score, perf_counter() - began)


def fit_epoch(fit: Fit, epoch: int) -> Generator[Step, None, Score]:
    """Every image to fit once, in the order of this epoch; the score is of the model as it changed."""
    network, update, criterion = fit.network, fit.update, fit.criterion
    meter, guard = Meter(criterion), Guard(network, fit.lines, epoch)
    torch.manual_seed(subseed(fit.config.seed, "epoch", epoch))  # for dropout and the like
    began = told = perf_counter()

    network.module.train()
    with closing(fit.sets.fit_batches(fit.steps.sizes, epoch)) as batches:
        for group in grouped(batches, fit.steps.accumulate):
            guard.begin(fit.done + 1)
            for images_NCHW, labels in group:
                if not len(labels):  # all its files are bad: the step counts, or schedules would not end
                    continue
                scores_NK = network.scores(images_NCHW)
                loss, weight = criterion(scores_NK, labels), criterion.weight(labels)
                meter.add(guard.checked(loss, images_NCHW, scores_NK), weight, scores_NK, labels)
                update.add(loss, weight)
            update.schedule.before_step(fit.done)
            if not update.apply():
                raise guard.gradients()
            fit.done += 1
            if (now := perf_counter()) - told > TELL_EVERY_S:
                told = now
                yield Step(epoch, fit.done, meter.read(), meter.images / (now - began))
            if fit.done == fit.steps.total:
                break
    return meter.read()


def _validated(fit: Fit, epoch: int) -> Score:
    """The score on the validation set. Raises NonFiniteError, with the weights of this epoch in the model."""
    kept, batches = fit.update.kept, fit.sets.validation_batches(fit.config.batch_size)
    try:
        return evaluate(kept, batches, fit.criterion, f"in the validation after epoch {epoch}", fit.lines)
    except NonFiniteError as error:
        error.step, error.epoch = fit.done, epoch
        error.kept = f"of epoch {epoch}" if is_sound(kept.module) else ""
        raise


@torch.inference_mode()
def evaluate(
    network: Network,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: Criterion,
    when: str,
    lines: Mapping[str, str] | None = None,
) -> Score:
    """The score on all images of the batches, which are of training's size: it can change the last bits.

    Raises NonFiniteError when a loss is no finite number, says `when`, and by `lines` where it arose.
    """
    meter = Meter(criterion)
    network.module.eval()
    for images_NCHW, labels_N in batches:
        scores_NK = network.scores(images_NCHW)
        loss = criterion(scores_NK, labels_N).item()
        if not math.isfinite(loss):
            where = blame(network, images_NCHW, scores_NK, lines or {})
            raise NonFiniteError(f"the loss is {loss} {when}{where}")
        meter.add(loss, criterion.weight(labels_N), scores_NK, labels_N)
    return meter.read(when)


def _started(fit: Fit) -> Started:
    sets, steps = fit.sets, fit.steps
    how = f"{fit.network.device}, {fit.network.precision}; images {sets.where}"
    parts = ((sets.train, sets.fit_F), (sets.validation, sets.validation_V))
    to_fit, to_validate = (len(readable(source, numbers)) for source, numbers in parts)
    return Started(steps.epochs, steps.total, steps.per_epoch, to_fit, to_validate, how)


def _reason_to_stop(fit: Fit, best: Best, epoch: int) -> str:
    """Why no epoch follows where one could; or nothing."""
    if epoch < fit.steps.epochs and best.patience_is_over(epoch):
        return f"no better validation for {epoch - best.epoch} epochs"
    if fit.done == fit.steps.total and fit.steps.limited:
        return f"limit_steps: {fit.done:,}"
    return ""
