"""The training loop: plain torch, read from top to bottom. It yields events and writes nothing.

The same seed gives the same weights, bit for bit, on the same machine: on a CPU with the same number of threads, for
sums are split among them, and on a GPU with `deterministic`. The first weights are the caller's; the order of the
images, their augmentation and all chance within an epoch depend on the seed and the epoch alone.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from time import perf_counter

import torch
from torch import Tensor, nn

from cnnspec.core.plural import plural
from cnnspec.data.bad_files import readable
from cnnspec.data.seeding import subseed
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.losses import Criterion
from cnnspec.runner.metrics import Metrics
from cnnspec.runner.nonfinite import (
    FiniteCheck,
    LayerLines,
    first_nonfinite,
    has_finite_weights,
    require_finite_weights,
)
from cnnspec.runner.training_events import (
    EarlyStop,
    EpochEnd,
    EpochProgress,
    Event,
    NonFiniteError,
    Score,
    SkippedFile,
    TrainingEnd,
    TrainingStart,
)
from cnnspec.runner.training_state import TrainingState

PROGRESS_EVERY_S = 0.25
"""How often, at most, an epoch's progress is yielded: the caller waits for the device then."""

LabelledBatches = Iterable[tuple[Tensor, Tensor]]
"""images_NCHW, and labels_N or targets_NK."""


def train(state: TrainingState) -> Iterator[Event]:
    """Train the network and test it once, with the weights of its best epoch.

    Whoever looks at an event finds the model as the event says. Raises UserError when the loss is no
    finite number any more; the model has the weights from before that step then.
    """
    data, config, steps, update = state.data, state.config, state.steps, state.update
    best, began = BestEpoch(config.early_stopping), perf_counter()
    yield _training_start(state)

    for epoch in range(1, steps.epochs + 1):
        epoch_began = perf_counter()
        trained = yield from train_epoch(state, epoch)
        images_per_s = trained.images / (perf_counter() - epoch_began)
        require_finite_weights(state.network.module, epoch)

        validation = validate(state, epoch) if len(data.validation_V) else None
        improved = best.update(update.eval_network.module, epoch, state.step, validation)
        lr = update.end_epoch((validation or trained).loss)
        yield from (SkippedFile(file, reason) for file, reason in data.newly_bad())
        seconds = perf_counter() - began
        yield EpochEnd(epoch, state.step, trained, validation, improved, lr, images_per_s, seconds)

        if reason := _reason_to_stop(state, best, epoch):
            yield EarlyStop(epoch, state.step, reason)
            break

    best.restore(update.eval_network.module)
    batches = data.test_batches(config.batch_size)
    score = evaluate(update.eval_network, batches, state.criterion, "on the test set", state.lines)
    yield from (SkippedFile(file, reason) for file, reason in data.newly_bad())
    yield TrainingEnd(best.epoch, best.step, score, perf_counter() - began)


def train_epoch(state: TrainingState, epoch: int) -> Generator[EpochProgress, None, Score]:
    """Every image to fit once, in the order of this epoch; the score is of the model as it changed."""
    metrics, check = Metrics(state.criterion), FiniteCheck(state.network, state.lines, epoch)
    torch.manual_seed(subseed(state.config.seed, "epoch", epoch))  # for dropout and the like
    began = last_progress = perf_counter()

    state.network.module.train()
    with closing(state.data.fit_batches(state.steps.batch_sizes, epoch)) as batches:
        for group in batch_groups(batches, state.steps.accumulate):
            accumulate_gradients(state, group, metrics, check)
            state.update.lr_scheduler.before_step(state.step)
            update_weights(state, check)
            if (now := perf_counter()) - last_progress > PROGRESS_EVERY_S:
                last_progress = now
                yield EpochProgress(epoch, state.step, metrics.compute(), metrics.images / (now - began))
            if state.step == state.steps.total:
                break
    return metrics.compute()


def accumulate_gradients(
    state: TrainingState, batches: LabelledBatches, metrics: Metrics, check: FiniteCheck
) -> None:
    """Leave the gradients of the batches' mean loss in the weights. Raises NonFiniteError."""
    check.start_step(state.step + 1)
    for images_NCHW, labels in batches:
        if not len(labels):  # all its files are bad: the step counts, or schedules would not end
            continue
        scores_NK = state.network.scores(images_NCHW)
        loss, weight = state.criterion(scores_NK, labels), state.criterion.weight(labels)
        metrics.update(check.finite_loss(loss, images_NCHW, scores_NK), weight, scores_NK, labels)
        state.update.backward(loss, weight)


def update_weights(state: TrainingState, check: FiniteCheck) -> None:
    """Move the weights by their gradients. Raises NonFiniteError where one of these is not finite."""
    if not state.update.step():
        raise check.gradient_error()
    state.step += 1


def batch_groups(batches: LabelledBatches, size: int) -> Iterator[LabelledBatches]:
    """`size` batches each, the last one of what is left. Each is to be gone through before the next is asked for.

    No more than one batch is held at a time.
    """
    iterator = iter(batches)
    for first in iterator:
        yield chain((first,), islice(iterator, size - 1))


def validate(state: TrainingState, epoch: int) -> Score:
    """The score on the validation set. Raises NonFiniteError, with the weights of this epoch in the model."""
    network, batches = state.update.eval_network, state.data.validation_batches(state.config.batch_size)
    try:
        return evaluate(
            network, batches, state.criterion, f"in the validation after epoch {epoch}", state.lines
        )
    except NonFiniteError as error:
        error.step, error.epoch = state.step, epoch
        error.weights_from = f"of epoch {epoch}" if has_finite_weights(network.module) else ""
        raise


@torch.inference_mode()
def evaluate(
    network: Network, batches: LabelledBatches, criterion: Criterion, when: str, lines: LayerLines
) -> Score:
    """The score on all images of the batches, which are of training's size: it can change the last bits.

    Raises NonFiniteError when a loss is no finite number, says `when`, and by `lines` where it arose.
    """
    metrics = Metrics(criterion)
    network.module.eval()
    for images_NCHW, labels_N in batches:
        scores_NK = network.scores(images_NCHW)
        loss = criterion(scores_NK, labels_N).item()
        if not math.isfinite(loss):
            where = first_nonfinite(network, images_NCHW, scores_NK, lines)
            raise NonFiniteError(f"the loss is {loss} {when}{where}")
        metrics.update(loss, criterion.weight(labels_N), scores_NK, labels_N)
    return metrics.compute(when)


def _training_start(state: TrainingState) -> TrainingStart:
    data, steps = state.data, state.steps
    how = f"{state.network.device}, {state.network.precision}; images {data.where}"
    fit_images = len(readable(data.train, data.fit_F))
    validation_images = len(readable(data.validation, data.validation_V))
    return TrainingStart(steps.epochs, steps.total, steps.per_epoch, fit_images, validation_images, how)


def _reason_to_stop(state: TrainingState, best: BestEpoch, epoch: int) -> str:
    """Why no epoch follows where one could; or nothing."""
    if epoch < state.steps.epochs and best.is_patience_over(epoch):
        return f"no better validation for {plural(epoch - best.epoch, 'epoch')}"
    if state.step == state.steps.total and state.steps.limited:
        return f"limit_steps: {state.step:,}"
    return ""


class BestEpoch:
    """Better is a higher validation accuracy, then a lower loss; without validation, later.

    `patience`: the epochs without a better one after which training should stop; None: it never should.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.epoch = self.step = 0
        self._patience = patience
        self._rank: tuple[float, float] | None = None
        self._weights: dict[str, Tensor] = {}

    def update(self, model: nn.Module, epoch: int, step: int, validation: Score | None) -> bool:
        """Keep the model's weights if they are better than all before, and say whether they are."""
        rank = (validation.accuracy, -validation.loss) if validation else (float(epoch), 0.0)
        if self._rank is not None and rank <= self._rank:
            return False
        self.epoch, self.step, self._rank = epoch, step, rank
        if validation:  # without one no later epoch is worse: the model itself has the best weights
            self._weights = {name: value.clone() for name, value in model.state_dict().items()}
        return True

    def is_patience_over(self, epoch: int) -> bool:
        """Whether the best epoch lies too far behind this one."""
        return self._patience is not None and epoch - self.epoch >= self._patience

    def restore(self, model: nn.Module) -> None:
        """Give the model its best weights back."""
        if self._weights:
            model.load_state_dict(self._weights)
