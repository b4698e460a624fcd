"""The learning rate of each step: a function of its number, but for plateau, which watches the loss.

The formulas are those of torch.optim.lr_scheduler, in the same order of operations; cosine's is its closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from cnnspec.runner.optim.one_cycle import OneCycle
from cnnspec.settings import schedules

Rate = Callable[[float, int], float]
"""(lr as it is written, the step's number from 0) -> lr."""


class Schedule:
    """Sets the learning rates of an optimizer, of each parameter group by its own lr."""

    def __init__(
        self, config: schedules.Schedule, optimizer: Optimizer, steps: int, steps_per_epoch: int
    ) -> None:
        """`steps` are those of the whole training, of which an epoch has `steps_per_epoch`."""
        self._optimizer = optimizer
        self._base = [float(group["lr"]) for group in optimizer.param_groups]
        self._warmup = min(round(config.warmup * steps_per_epoch), steps - 1)
        self._start = config.warmup_start
        self._cycle = (
            OneCycle(config, steps - self._warmup) if isinstance(config, schedules.OneCycle) else None
        )
        self._rate = self._cycle.lr if self._cycle else _rate(config, steps - self._warmup, steps_per_epoch)
        self._plateau = _plateau(config, optimizer) if isinstance(config, schedules.Plateau) else None
        self._steady = isinstance(config, schedules.Constant | schedules.Plateau)
        self._by_epoch = isinstance(config, schedules.Step | schedules.Exponential)
        self._step = 0

    @property
    def lr(self) -> float:
        """The learning rate of the first group, as it is now."""
        return float(self._optimizer.param_groups[0]["lr"])

    def before_step(self, step: int) -> None:
        """Set what the step, counted from 0, is made with.

        lr warms up as a growing share of what the schedule begins with; what is counted in epochs counts those, too.
        """
        self._step = step
        if self._steady and step > self._warmup:
            return
        groups, own = self._optimizer.param_groups, max(0, step - self._warmup)
        for group, base in zip(groups, self._base, strict=True):
            group["lr"] = self._rate(base, step if self._by_epoch else own)
            if step < self._warmup:
                group["lr"] *= self._start + (1.0 - self._start) * step / self._warmup
        if self._cycle is not None:
            self._cycle.set_momentum(groups, own)

    def after_epoch(self, loss: float) -> None:
        """An epoch ended with this loss; while lr warms up, none counts."""
        if self._plateau is not None and self._step >= self._warmup:
            self._plateau.step(loss)


def _rate(config: schedules.Schedule, steps: int, steps_per_epoch: int) -> Rate:
    """How lr follows from a step's number."""
    if isinstance(config, schedules.Cosine):
        return lambda base, step: _cosine(base, config.eta_min, step, steps)
    if isinstance(config, schedules.Exponential):
        return lambda base, step: _multiplied(base, config.gamma, step // steps_per_epoch)
    if isinstance(config, schedules.Step):
        return lambda base, step: _multiplied(base, config.gamma, config.changes(step // steps_per_epoch))
    return lambda base, _step: base


def _cosine(base: float, least: float, step: int, steps: int) -> float:
    if step == 0:
        return base
    return least + (base - least) * (1 + math.cos(math.pi * step / steps)) / 2


@lru_cache(maxsize=64)
def _multiplied(base: float, gamma: float, times: int) -> float:
    """Again and again, as torch does it: a power differs in its last bits."""
    for _ in range(times):
        base *= gamma
    return base


def _plateau(config: schedules.Plateau, optimizer: Optimizer) -> ReduceLROnPlateau:
    arguments: dict[str, Any] = config.model_dump(exclude={"warmup", "warmup_start"})
    return ReduceLROnPlateau(optimizer, "min", **arguments)
