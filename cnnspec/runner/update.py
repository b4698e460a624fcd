"""An update of the weights: gradients are summed up, clipped, applied; then the average of the weights follows."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from cnnspec.runner.forward_pass import Network
from cnnspec.runner.optim.lr_scheduler import LRScheduler
from cnnspec.runner.optim.optimizer import torch_optimizer
from cnnspec.runner.step_counts import StepCounts
from cnnspec.settings.train import Train

Tensors = list[Tensor] | tuple[Tensor, ...]


class Update:
    """What updates the weights: `backward` for each batch's loss, then `step`."""

    def __init__(self, network: Network, config: Train, steps: StepCounts) -> None:
        self._module = module = network.module
        self._weights = [weight for weight in module.parameters() if weight.requires_grad]
        self._config = config
        self._on_cpu = network.device.type == "cpu"
        self._batch_weights: float | Tensor = 0.0
        """The sum over the batches since the last step."""
        self.optimizer = torch_optimizer(config.optimizer, module, network.matrices)
        self.lr_scheduler = LRScheduler(config.schedule, self.optimizer, steps.total, steps.per_epoch)
        # fp16 alone has so few exponents that small gradients vanish
        self._scaler = torch.amp.GradScaler(network.device.type, enabled=network.precision.name == "fp16")
        self._average: AveragedModel | None = None
        if config.ema is not None:
            self._average = AveragedModel(
                module, multi_avg_fn=exponential_average(config.ema), use_buffers=True
            )
        self.eval_network = network.with_module(self._average.module) if self._average else network
        """The network that is validated, tested and saved: the average of the weights, where there is one."""

    def backward(self, loss: Tensor, weight: float | Tensor) -> None:
        """Add the gradient of a batch's mean loss, which counts `weight` beside the others of this update."""
        if self._config.accumulate > 1:
            loss = loss * weight
            self._batch_weights = self._batch_weights + weight
        self._scaler.scale(loss).backward()

    def step(self) -> bool:
        """Move the weights, and forget the gradients; False where one is not finite: nothing is moved then.

        Nor is it where there was no loss.

        On a GPU that is seen only where their norm is clipped: to look is to wait for them. In fp16 it is not asked:
        the scaler tries other factors.
        """
        gradients = [weight.grad for weight in self._weights if weight.grad is not None]
        if not gradients:
            return True
        if self._config.accumulate > 1:
            torch._foreach_div_(gradients, _nonzero(self._batch_weights))
            self._batch_weights = 0.0
        if not self._clip(gradients):
            return False
        self._scaler.step(self.optimizer)
        self._scaler.update()
        for weight in self._weights:
            weight.grad = None
        if self._average is not None:
            self._average.update_parameters(self._module)
        return True

    def _clip(self, gradients: list[Tensor]) -> bool:
        """Clip the gradients as the config says; whether they are finite, as far as it is looked at."""
        max_norm, max_value = self._config.clip_grad_norm, self._config.clip_grad_value
        scaled = self._scaler.is_enabled()
        if max_norm is not None or max_value is not None:
            self._scaler.unscale_(self.optimizer)
        if max_value is not None:
            nn.utils.clip_grad_value_(self._weights, max_value)
        if max_norm is None:
            return scaled or not self._on_cpu or _are_finite(gradients)
        norm = nn.utils.get_total_norm(gradients)
        if not scaled and not math.isfinite(norm.item()):
            return False
        nn.utils.clip_grads_with_norm_(self._weights, max_norm, norm)
        return True

    def end_epoch(self, loss: float) -> float:
        """Give the schedule the epoch's loss; the learning rate of the epoch's last step."""
        lr = self.lr_scheduler.lr
        self.lr_scheduler.after_epoch(loss)
        return lr


def _are_finite(gradients: list[Tensor]) -> bool:
    """What a GradScaler asks, by its own one call for all of them."""
    found_inf = torch.zeros(())
    torch._amp_foreach_non_finite_check_and_unscale_(gradients, found_inf, torch.ones(()))
    return not found_inf.item()


def _nonzero(weight: float | Tensor) -> float | Tensor:
    """1 in place of 0: where no image counts, the gradients are 0."""
    return weight.where(weight > 0, 1.0) if isinstance(weight, Tensor) else weight


def exponential_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """The exponential mean for AveragedModel: mean = d·mean + (1 − d)·weights, d = min(decay, (1 + n)/(10 + n)).

    After n updates; so the first weights, which know nothing, are soon forgotten (TensorFlow's
    ExponentialMovingAverage). Counters of batches are taken as they are.
    """

    @torch.no_grad()
    def average(means: Tensors, values: Tensors, updates: Tensor | int) -> None:
        count = int(updates)
        share = 1 - min(decay, (1 + count) / (10 + count))
        if means[0].is_floating_point():
            torch._foreach_lerp_(means, values, share)
        else:
            for mean, value in zip(means, values, strict=True):
                mean.copy_(value)

    return average
