"""The forward pass of a network on its device: memory format, autocast, torch.compile, the first of its outputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from cnnspec.backend.precision import Precision


class Network:
    """A module on its device. `scores` is what is trained; the module holds the weights.

    `matrices` are the names of those weights that an optimizer sees as matrices, as the plan tells them.
    """

    def __init__(
        self,
        module: nn.Module,
        precision: Precision,
        device: torch.device,
        matrices: Collection[str] = (),
        *,
        compiled: bool = False,
    ) -> None:
        self.precision, self.device, self.matrices, self._compiled = precision, device, matrices, compiled
        self.module = module.to(device).to(memory_format=precision.memory_format)
        self._forward = _compiled(self.module) if compiled else self.module

    def scores(self, images_NCHW: Tensor) -> Tensor:
        """The first output, as fp32."""
        images_NCHW = images_NCHW.contiguous(memory_format=self.precision.memory_format)
        if self.precision.name == "fp32":
            return first_output(self._forward(images_NCHW))
        with torch.autocast(self.device.type, self.precision.dtype):
            outputs = self._forward(images_NCHW)
        return first_output(outputs).float()

    def with_module(self, module: nn.Module) -> Network:
        """Another module with equal layers that computes likewise."""
        return Network(module, self.precision, self.device, self.matrices, compiled=self._compiled)


def _compiled(module: nn.Module) -> Callable[[Tensor], object]:
    """By torch.compile; that CUDA is installed where no GPU is, which torch warns of then, is nothing to mend."""
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
    compiled: Callable[[Tensor], object] = torch.compile(module)
    return compiled


def first_output(outputs: object) -> Tensor:
    """The output that the loss is applied to: the first, where a network has several."""
    while not isinstance(outputs, Tensor):
        values = outputs.values() if isinstance(outputs, dict) else cast("Sequence[object]", outputs)
        outputs = next(iter(values))
    return outputs
