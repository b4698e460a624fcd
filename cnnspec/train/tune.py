"""A learning-rate range test (Smith, 2017): the rate grows step by step, and the loss tells how far it may.

The model, its buffers and torch's random numbers are afterwards what they were, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.train.loop import Fit

_SMOOTHING = 0.9
"""Of the exponential mean that is taken of the losses."""
_TOO_MUCH = 4.0
"""Times the least loss: what follows tells no more."""


_SPANS = 10
"""The fall is measured over a fifth of the curve, two of these: over a few steps it is that of single batches."""
_LITTLE = 0.02
"""The share of the loss that single batches make it rise and fall by: images that can't be told apart do no better."""


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
    """Train `steps` steps with rates that grow from `low` to `high` by the same factor each time."""
    state = {name: value.clone() for name, value in fit.network.module.state_dict().items()}
    devices = [fit.network.device] if fit.network.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        try:
            return _grown(fit, low, high, steps)
        finally:
            fit.network.module.load_state_dict(state)


def _grown(fit: Fit, low: float, high: float, steps: int) -> Curve:
    curve, mean, least = Curve([], [], steps), 0.0, math.inf
    groups = fit.update.optimizer.param_groups
    shares = [group["lr"] / groups[0]["lr"] if groups[0]["lr"] else 1.0 for group in groups]
    fit.network.module.train()
    for step, (images_NCHW, labels) in zip(range(steps), _batches(fit), strict=False):
        lr = low * (high / low) ** (step / max(1, steps - 1))
        loss = fit.criterion(fit.network.scores(images_NCHW), labels)
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss.item()
        smooth = mean / (1 - _SMOOTHING ** (step + 1))
        if not math.isfinite(smooth) or smooth > _TOO_MUCH * least:
            break
        least = min(least, smooth)
        curve.lrs.append(lr)
        curve.losses.append(smooth)
        fit.update.add(loss, 1)
        for group, share in zip(groups, shares, strict=True):
            group["lr"] = lr * share
        fit.update.apply()
    return curve


def _batches(fit: Fit) -> Iterator[tuple[Tensor, Tensor]]:
    """Epoch after epoch."""
    epoch = 0
    while True:
        epoch += 1
        yield from fit.sets.fit_batches(fit.steps.sizes, epoch)
