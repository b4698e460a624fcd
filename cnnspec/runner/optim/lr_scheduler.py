"""The learning rate of each step, set as the spec's schedule says: it is a formula, or a class of torch's."""

from __future__ import annotations

from typing import Any

from torch.optim import Optimizer, lr_scheduler

from cnnspec.settings.schedules import Position, Schedule


class LRScheduler:
    """Sets the learning rate of each of an optimizer's parameter groups, by the lr that the group starts with."""

    def __init__(self, config: Schedule, optimizer: Optimizer, steps: int, steps_per_epoch: int) -> None:
        """`steps` are those of the whole training, of which an epoch has `steps_per_epoch`."""
        self._config, self._groups = config, optimizer.param_groups
        self._initial = [float(group["lr"]) for group in optimizer.param_groups]
        self._steps, self._steps_per_epoch = steps, steps_per_epoch
        self._warmup = min(round(config.warmup * steps_per_epoch), steps - 1)
        self._follows_losses = _torch_scheduler(config, optimizer)
        self._step = 0

    @property
    def lr(self) -> float:
        """The learning rate of the first group, as it is now."""
        return float(self._groups[0]["lr"])

    def before_step(self, step: int) -> None:
        """Set what the step, counted from 0, is made with.

        lr warms up as a growing share of what the schedule begins with.
        """
        self._step, past_warmup = step, step - self._warmup
        if self._follows_losses and past_warmup > 0:
            return
        position = Position(max(0, past_warmup), self._steps - self._warmup, step // self._steps_per_epoch)
        for group, lr in zip(self._groups, self._initial, strict=True):
            group["lr"] = self._config.rate(lr, position)
            if past_warmup < 0:
                start = self._config.warmup_start
                group["lr"] *= start + (1.0 - start) * step / self._warmup
        momentum = self._config.momentum(position)
        if momentum is not None:
            _set_momentum(self._groups, momentum)

    def after_epoch(self, loss: float) -> None:
        """An epoch ended with this loss; while lr warms up, none counts."""
        if self._follows_losses and self._step >= self._warmup:
            self._follows_losses.step(loss)


def _torch_scheduler(config: Schedule, optimizer: Optimizer) -> Any:
    """Torch's, where the schedule names one."""
    if config.torch is None:
        return None
    return getattr(lr_scheduler, config.torch)(optimizer, **config.torch_arguments())


def _set_momentum(groups: list[dict[str, Any]], momentum: float) -> None:
    """Where there is one, in Adam's family the first of betas; a momentum of 0 is one, as torch has it."""
    for group in groups:
        if "betas" in group:
            group["betas"] = (momentum, *group["betas"][1:])
        elif "momentum" in group:
            group["momentum"] = momentum
