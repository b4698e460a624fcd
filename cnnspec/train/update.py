"""From losses to new weights: gradients are summed up, clipped, applied; then the average follows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from cnnspec.language.training import Train
from cnnspec.train.network import Network
from cnnspec.train.optim.optimizer import optimizer
from cnnspec.train.optim.schedule import Schedule
from cnnspec.train.steps import Steps


class Update:
    """What one update of the weights takes. `add` each loss of it, then `apply`."""

    def __init__(self, network: Network, config: Train, steps: Steps) -> None:
        self._module = module = network.module
        self._weights = [weight for weight in module.parameters() if weight.requires_grad]
        self._config = config
        self.optimizer = optimizer(config.optimizer, module)
        self.schedule = Schedule(config.schedule, self.optimizer, steps.total, steps.per_epoch)
        # fp16 alone has so few exponents that small gradients vanish
        self._scaler = torch.amp.GradScaler(network.device.type, enabled=network.mode.precision == "fp16")
        self._average: AveragedModel | None = None
        if config.ema is not None:
            self._average = AveragedModel(module, multi_avg_fn=averaging(config.ema), use_buffers=True)
        self.kept = network.like(self._average.module) if self._average else network
        """The network that is validated and kept: the average of the weights, where there is one."""

    def add(self, loss: Tensor, share: float) -> None:
        """Add the gradient of a batch that has `share` of the update's images."""
        part = loss if share == 1 else loss * share
        self._scaler.scale(part).backward()

    def apply(self) -> None:
        """Move the weights, and forget the gradients."""
        config = self._config
        if config.clip_grad_value is not None or config.clip_grad_norm is not None:
            self._scaler.unscale_(self.optimizer)
        if config.clip_grad_value is not None:
            nn.utils.clip_grad_value_(self._weights, config.clip_grad_value)
        if config.clip_grad_norm is not None:
            nn.utils.clip_grad_norm_(self._weights, config.clip_grad_norm)
        self._scaler.step(self.optimizer)
        self._scaler.update()
        self.optimizer.zero_grad()
        if self._average is not None:
            self._average.update_parameters(self._module)

    def end_epoch(self, loss: float) -> float:
        """Tell the schedule how the epoch went; the learning rate of its last update."""
        lr = self.schedule.lr
        self.schedule.after_epoch(loss)
        return lr


def averaging(
    decay: float,
) -> Callable[[list[Tensor] | tuple[Tensor, ...], list[Tensor] | tuple[Tensor, ...], Tensor | int], None]:
    """The exponential mean for AveragedModel: mean = d·mean + (1 − d)·weights, d = min(decay, (1 + n)/(10 + n)).

    After n updates; so the first weights, which know nothing, are soon forgotten (TensorFlow's
    ExponentialMovingAverage). Counters of batches are taken as they are.
    """

    @torch.no_grad()
    def average(
        means: list[Tensor] | tuple[Tensor, ...],
        values: list[Tensor] | tuple[Tensor, ...],
        updates: Tensor | int,
    ) -> None:
        count = int(updates)
        share = 1 - min(decay, (1 + count) / (10 + count))
        if means[0].is_floating_point():
            torch._foreach_lerp_(means, values, share)
        else:
            for mean, value in zip(means, values, strict=True):
                mean.copy_(value)

    return average
