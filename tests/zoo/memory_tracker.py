"""The most memory of a network by torch's own account: MemTracker, on tensors without memory (the meta device)."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
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


def in_bf16(result: Result, batch_size: int) -> int:
    """The most bytes of a step where autocast is on, as CPUs have it: for meta there is none."""
    with FakeTensorMode():
        return in_training(result, batch_size, "cpu", in_bf16=True)


def in_training(result: Result, batch_size: int, device: str = "meta", *, in_bf16: bool = False) -> int:
    """The most bytes of the second step, from when on the optimizer has its averages."""
    model, inputs = _made(result, batch_size, device)
    optimizer = torch_optimizer(result.train.optimizer, model.train(), result.plan.matrices)
    _step(model, inputs, optimizer, in_bf16=in_bf16)
    tracker = TotalTracker()
    average = [] if result.train.ema is None else [deepcopy(model)]
    tracker.track_external(model, *average, optimizer, *inputs)
    with tracker:
        _step(model, inputs, optimizer, in_bf16=in_bf16)
    return _peak(tracker)


def _step(model: nn.Module, inputs: list[Tensor], optimizer: torch.optim.Optimizer, *, in_bf16: bool) -> None:
    with torch.autocast("cpu", torch.bfloat16, enabled=in_bf16):
        scores = first_output(model(*inputs))
    scores = scores.float()
    loss = nn.functional.cross_entropy(scores, _labels(scores))
    del scores
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def _made(result: Result, batch_size: int, device: str = "meta") -> tuple[nn.Module, list[Tensor]]:
    with torch.device(device):
        shapes = [value.shape for value in result.plan.inputs.values()]
        return cnnspec.build(result), [torch.empty(batch_size, *shape.numbers) for shape in shapes]


def _labels(scores: Tensor) -> Tensor:
    return torch.zeros(len(scores), *scores.shape[2:], dtype=torch.long, device=scores.device)


def _peak(tracker: MemTracker) -> int:
    return sum(snapshot["Total"] for snapshot in tracker.get_tracker_snapshot("peak").values())
