"""A learning-rate range test (Smith, 2017): the rate grows step by step, and the loss tells how far it may.

The model, its buffers and torch's random numbers (a CPU's, a CUDA GPU's) are afterwards what they were, bit for bit;
what else a Fit holds, its optimizer's state and the average of its weights, is used up.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.loop import Fit
from cnnspec.runner.metrics import Meter
from cnnspec.runner.nonfinite import Guard
from cnnspec.runner.steps import grouped

_SMOOTHING = 0.9
"""Of the exponential mean that is taken of the losses."""
_TOO_MUCH = 4.0
"""Times the least loss: what follows tells no more."""


_SPANS = 10
"""The fall is measured over a fifth of the curve, two of these: over a few steps it is that of single batches."""
_LITTLE = 0.02
"""A fall by less than this share of the loss is taken for the difference of single batches."""


class Curve(NamedTuple):
    """The smoothed loss at each learning rate, ascending."""

    lrs: list[float]
    losses: list[float]
    steps: int
    """That were asked for: fewer were made where the loss ran away."""

    @property
    def suggested(self) -> float:
        """The rate at which the loss falls fastest. Raises UserError where it hardly falls.

        A rate at the least loss would be too high: the loss only turns there after all the steps before it.
        """
        span = max(1, len(self.losses) // _SPANS)
        slopes = [after - before for before, after in zip(self.losses, self.losses[2 * span :], strict=False)]
        least = min(self.losses)
        highest = max(self.losses[: self.losses.index(least) + 1])
        if highest - least < _LITTLE * abs(highest) or min(slopes) >= 0:
            message = (
                f"the loss hardly falls between lr {self.lrs[0]:.3g} and {self.lrs[-1]:.3g}: "
                f"from {highest:.4g} to {least:.4g}"
            )
            raise UserError(message, "Try another range with --low and --high, or more --steps.")
        return self.lrs[span + slopes.index(min(slopes))]


def range_test(fit: Fit, low: float, high: float, steps: int) -> Curve:
    """Train `steps` steps with rates that grow from `low` to `high` by the same factor each time.

    Raises NonFiniteError where the first loss, or its gradient, is not finite: no rate had a part in it.
    """
    state = {name: value.clone() for name, value in fit.network.module.state_dict().items()}
    devices = [fit.network.device] if fit.network.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        try:
            return _grown(fit, low, high, steps)
        finally:
            fit.network.module.load_state_dict(state)


def _grown(fit: Fit, low: float, high: float, steps: int) -> Curve:
    curve, mean, least = Curve([], [], steps), 0.0, math.inf
    guard = Guard(fit.network, fit.lines, 1)
    guard.begin(1)
    groups = fit.update.optimizer.param_groups
    shares = [group["lr"] / groups[0]["lr"] if groups[0]["lr"] else 1.0 for group in groups]
    fit.network.module.train()
    with closing(_losses(fit, guard)) as losses:
        for step, loss in zip(range(steps), losses, strict=False):
            lr = low * (high / low) ** (step / max(1, steps - 1))
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
            smooth = mean / (1 - _SMOOTHING ** (step + 1))
            if not math.isfinite(smooth) or smooth > _TOO_MUCH * least:
                break
            least = min(least, smooth)
            curve.lrs.append(lr)
            curve.losses.append(smooth)
            for group, share in zip(groups, shares, strict=True):
                group["lr"] = lr * share
            if not fit.update.apply():
                if not fit.done:
                    raise guard.gradients()
                break
            fit.done += 1
    return curve


def _losses(fit: Fit, guard: Guard) -> Generator[float, None, None]:
    """The mean loss of each update's batches, whose gradients are ready then: epoch after epoch."""
    epoch = 0
    while True:
        epoch += 1
        with closing(fit.sets.fit_batches(fit.steps.sizes, epoch)) as batches:
            for group in grouped(batches, fit.steps.accumulate):
                meter = Meter(fit.criterion)
                for images_NCHW, labels in group:
                    if not len(labels):
                        continue
                    scores_NK = fit.network.scores(images_NCHW)
                    loss, weight = fit.criterion(scores_NK, labels), fit.criterion.weight(labels)
                    fit.update.add(loss, weight)
                    value = loss.item() if fit.done else guard.checked(loss, images_NCHW, scores_NK)
                    meter.add(value, weight, scores_NK, labels)
                if meter.images:
                    yield meter.read().loss
