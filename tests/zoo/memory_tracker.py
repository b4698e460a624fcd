"""The most memory of a network by torch's own account: MemTracker, on tensors without memory (the meta device)."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.distributed._tools.mem_tracker import MemTracker

import cnnspec
from cnnspec.compiler.check import Result
from cnnspec.runner.forward_pass import first_output
from cnnspec.runner.optim.optimizer import torch_optimizer


class TotalTracker(MemTracker):
    """MemTracker without the statistics of each module, which take most of its time, and are not asked for."""

    def _pre_fw_hook(self, module: nn.Module, inputs: object) -> None:
        pass

    def _post_fw_hook(self, module: nn.Module, inputs: object, outputs: object) -> None:
        pass

    def _pre_bw_hook(self, module: nn.Module, args: object) -> None:
        pass

    def _post_bw_hook(self, module: nn.Module, args: object) -> None:
        pass


def at_inference(result: Result, batch_size: int) -> int:
    """The most bytes of a forward pass in eval mode."""
    model, inputs = _made(result, batch_size)
    tracker = TotalTracker()
    tracker.track_external(model.eval(), *inputs)
    with torch.no_grad(), tracker:
        model(*inputs)
    return _peak(tracker)


def in_training(result: Result, batch_size: int) -> int:
    """The most bytes of the second step, from when on the optimizer has its averages."""
    model, inputs = _made(result, batch_size)
    optimizer = torch_optimizer(result.train.optimizer, model.train(), result.plan.matrices)
    _step(model, inputs, optimizer)
    tracker = TotalTracker()
    average = [] if result.train.ema is None else [deepcopy(model)]
    tracker.track_external(model, *average, optimizer, *inputs)
    with tracker:
        _step(model, inputs, optimizer)
    return _peak(tracker)


def _step(model: nn.Module, inputs: list[Tensor], optimizer: torch.optim.Optimizer) -> None:
    scores = first_output(model(*inputs))
    loss = nn.functional.cross_entropy(scores, _labels(scores))
    del scores
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def _made(result: Result, batch_size: int) -> tuple[nn.Module, list[Tensor]]:
    with torch.device("meta"):
        shapes = [value.shape for value in result.plan.inputs.values()]
        return cnnspec.build(result), [torch.empty(batch_size, *shape.numbers) for shape in shapes]


def _labels(scores: Tensor) -> Tensor:
    return torch.zeros(len(scores), *scores.shape[2:], dtype=torch.long, device=scores.device)


def _peak(tracker: MemTracker) -> int:
    return sum(snapshot["Total"] for snapshot in tracker.get_tracker_snapshot("peak").values())
