"""A learning-rate range test (Smith, 2017): the rate grows step by step, and the loss tells how far it may.

The model, its buffers and torch's random numbers (a CPU's, a CUDA GPU's) are afterwards what they were, bit for bit;
what else a TrainingState holds, its optimizer's state and the average of its weights, is used up.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from typing import NamedTuple

import torch
from torch.optim import Optimizer

from cnnspec.core.errors import UserError
from cnnspec.runner.loop import accumulate_gradients, batch_groups, update_weights
from cnnspec.runner.metrics import Metrics
from cnnspec.runner.nonfinite import FiniteCheck
from cnnspec.runner.training_events import NonFiniteError
from cnnspec.runner.training_state import TrainingState

_SMOOTHING = 0.9
"""Of the exponential mean that is taken of the losses."""
_DIVERGED = 4.0
"""The test ends where the smoothed loss exceeds this multiple of its minimum."""
_SLOPE_PARTS = 10
"""Slopes are taken over 2/10 of the curve."""
_LEAST_FALL = 0.02
"""Falls below this share of the loss are noise."""


class LossCurve(NamedTuple):
    """The smoothed loss at each learning rate, ascending."""

    lrs: list[float]
    losses: list[float]

    @property
    def suggested(self) -> float:
        """The rate at which the loss falls fastest. Raises UserError where it hardly falls.

        A rate at the least loss would be too high: the loss only turns there after all the steps before it.
        """
        span = max(1, len(self.losses) // _SLOPE_PARTS)
        slopes = [after - before for before, after in zip(self.losses, self.losses[2 * span :], strict=False)]
        least = min(self.losses)
        highest = max(self.losses[: self.losses.index(least) + 1])
        if highest - least < _LEAST_FALL * abs(highest) or min(slopes) >= 0:
            message = (
                f"the loss hardly falls between lr {self.lrs[0]:.3g} and {self.lrs[-1]:.3g}: "
                f"from {highest:.4g} to {least:.4g}"
            )
            raise UserError(message, "Try another range with --low and --high, or more --steps.")
        return self.lrs[span + slopes.index(min(slopes))]


def range_test(state: TrainingState, low: float, high: float, steps: int) -> LossCurve:
    """Train `steps` steps with rates that grow from `low` to `high` by the same factor each time.

    Fewer where the loss runs away. Raises NonFiniteError where the first loss, or its gradient, is not finite: no rate
    had a part in it.
    """
    weights = {name: value.clone() for name, value in state.network.module.state_dict().items()}
    devices = [state.network.device] if state.network.device.type == "cuda" else []
    lrs = [low * (high / low) ** (step / max(1, steps - 1)) for step in range(steps)]
    with torch.random.fork_rng(devices):
        try:
            points = list(_smoothed_losses(state, lrs))
        finally:
            state.network.module.load_state_dict(weights)
    return LossCurve([lr for lr, _ in points], [loss for _, loss in points])


def _smoothed_losses(state: TrainingState, lrs: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Each rate with the loss before its step, until the loss runs away or is no finite number."""
    check, mean, least = FiniteCheck(state.network, state.lines, 1), 0.0, math.inf
    ratios = _ratios(state.update.optimizer)
    state.network.module.train()
    with closing(_losses(state, check)) as losses, _first_step_alone_raises(state):
        for number, (lr, loss) in enumerate(zip(lrs, losses, strict=False), start=1):
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
            smoothed = mean / (1 - _SMOOTHING**number)
            if smoothed > _DIVERGED * least:
                return
            least = min(least, smoothed)
            yield lr, smoothed
            for group, ratio in zip(state.update.optimizer.param_groups, ratios, strict=True):
                group["lr"] = lr * ratio
            update_weights(state, check)


@contextmanager
def _first_step_alone_raises(state: TrainingState) -> Iterator[None]:
    """A NonFiniteError of a later step is what high rates do: it ends the test."""
    try:
        yield
    except NonFiniteError:
        if not state.step:
            raise


def _losses(state: TrainingState, check: FiniteCheck) -> Generator[float, None, None]:
    """The mean loss of each update's batches, whose gradients are in the weights then: epoch after epoch."""
    for epoch in count(1):
        with closing(state.data.fit_batches(state.steps.batch_sizes, epoch)) as batches:
            for group in batch_groups(batches, state.steps.accumulate):
                metrics = Metrics(state.criterion)
                accumulate_gradients(state, group, metrics, check)
                if metrics.images:
                    yield metrics.compute().loss


def _ratios(optimizer: Optimizer) -> list[float]:
    """Of each group's learning rate to the first's: all grow in their proportions."""
    first, *others = (group["lr"] for group in optimizer.param_groups)
    return [1.0, *(lr / first if first else 1.0 for lr in others)]
