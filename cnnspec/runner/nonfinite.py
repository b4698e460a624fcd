"""A loss, a gradient or a weight that is no finite number: training stops, and says where the number arose."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from cnnspec.core.errors import UserError
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.training_events import FIRST_STEP, FP16, SMALLER_LR, NonFiniteError

LayerLines = Mapping[str, str]
"""Of each layer's path, what it is and where it is written."""


class FiniteCheck:
    """Checks the steps of an epoch; what a step has changed before it went wrong, it takes back."""

    def __init__(self, network: Network, lines: LayerLines, epoch: int) -> None:
        self._network, self._lines, self._epoch, self._step = network, lines, epoch, 0
        # what a forward pass in training changes besides weights: batch norm's running mean and variance
        self._buffers = list(network.module.buffers())
        self._saved = [buffer.clone() for buffer in self._buffers]

    def start_step(self, step: int) -> None:
        """Save the buffers as they are before this step."""
        self._step = step
        if self._buffers:
            torch._foreach_copy_(self._saved, self._buffers)

    def finite_loss(self, loss: Tensor, images_NCHW: Tensor, scores_NK: Tensor) -> float:
        """The loss as a number. Raises NonFiniteError where it is not finite."""
        value = loss.item()
        if not math.isfinite(value):
            where = first_nonfinite(self._network, images_NCHW, scores_NK, self._lines)
            raise self._error(f"the loss is {value} in step {self._step:,} (epoch {self._epoch}){where}")
        return value

    def gradient_error(self) -> NonFiniteError:
        """What to raise where a gradient is not finite."""
        named = self._network.module.named_parameters()
        bad = (name for name, weight in named if weight.grad is not None and not _is_finite(weight.grad))
        name = next(bad, "")
        what = f"the gradient of {name}{_line_of(name.rpartition('.')[0], self._lines)} is not finite"
        if not name:
            what = "the norm of the gradients is more than fp32 holds"
        return self._error(f"{what} in step {self._step:,} (epoch {self._epoch})")

    def _error(self, message: str) -> NonFiniteError:
        if self._buffers:
            torch._foreach_copy_(self._buffers, self._saved)
        weights_from = "from before that step" if has_finite_weights(self._network.module) else ""
        return NonFiniteError(
            message, self._hint(), step=self._step, epoch=self._epoch, weights_from=weights_from
        )

    def _hint(self) -> str:
        if self._step > 1:
            return SMALLER_LR
        return f"{FIRST_STEP}, {FP16}." if self._network.precision.name == "fp16" else f"{FIRST_STEP}."


def has_finite_weights(module: nn.Module) -> bool:
    """Whether all weights and buffers are finite."""
    return all(map(_is_finite, module.state_dict().values()))


def require_finite_weights(module: nn.Module, epoch: int) -> None:
    """Raise UserError when a weight is NaN or infinite after this epoch."""
    for name, weight in module.named_parameters():
        if not _is_finite(weight):
            raise UserError(f"{name} is no longer finite after epoch {epoch}", SMALLER_LR)


def first_nonfinite(network: Network, images_NCHW: Tensor, scores_NK: Tensor, lines: LayerLines) -> str:
    """`: the first that is not finite is the output of conv1 (conv, net.yaml:7)`.

    Runs the network once more, which changes its buffers.
    """
    if _is_finite(scores_NK):
        return ", though the scores are finite"
    what, layer = _first(network, images_NCHW)
    return f": the first that is not finite is {what}{_line_of(layer, lines)}"


def _line_of(layer: str, lines: LayerLines) -> str:
    return f" ({lines[layer]})" if layer in lines else ""


def _first(network: Network, images_NCHW: Tensor) -> tuple[str, str]:
    """What is not finite first, in words, and the path of its layer.

    What is added, multiplied or joined is done between layers: where it is to blame, the next layer's input shows it.
    """
    if not _is_finite(images_NCHW):
        return "the images", ""
    for name, weight in network.module.named_parameters():
        if not _is_finite(weight):
            return f"the weight {name}", name.rpartition(".")[0]
    uncompiled = Network(network.module, network.precision, network.device)  # a compiled one runs no hooks
    names = {layer: name for name, layer in uncompiled.module.named_modules() if name}
    found: list[tuple[str, str]] = []

    def look(which: str, layer: nn.Module, value: object) -> None:
        if layer in names and not _is_finite(value):
            found.append((which, names[layer]))

    before = register_module_forward_pre_hook(lambda layer, inputs: look("input", layer, inputs))
    after = register_module_forward_hook(lambda layer, _inputs, output: look("output", layer, output))
    with before, after, torch.no_grad():
        uncompiled.scores(images_NCHW)
    for which, layer in found:
        return f"the {which} of {layer}", layer
    return "the scores, though no layer's output is", ""


def _is_finite(value: object) -> bool:
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, dict):
        value = tuple(value.values())
    return all(map(_is_finite, value)) if isinstance(value, tuple | list) else True
