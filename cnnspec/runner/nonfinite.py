"""A loss or a gradient that is no finite number: training stops before it reaches the weights, and says where it arose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cnnspec.runner.errors import FIRST_STEP, FP16, SMALLER_LR, NonFiniteError
from cnnspec.runner.network import Network

Lines = Mapping[str, str]
"""Of each layer's path, what it is and where it is written."""


class Guard:
    """Watches the steps of an epoch; what a step has changed before it went wrong, it takes back."""

    def __init__(self, network: Network, lines: Lines, epoch: int) -> None:
        self._network, self._lines, self._epoch, self._step = network, lines, epoch, 0
        # what a forward pass in training changes besides weights: batch norm's running mean and variance
        self._live = list(network.module.buffers())
        self._kept = [buffer.clone() for buffer in self._live]

    def begin(self, step: int) -> None:
        """Remember the buffers as they are before this step."""
        self._step = step
        if self._live:
            torch._foreach_copy_(self._kept, self._live)

    def checked(self, loss: Tensor, images_NCHW: Tensor, scores_NK: Tensor) -> float:
        """The loss as a number. Raises NonFiniteError where it is not finite."""
        value = loss.item()
        if not math.isfinite(value):
            where = blame(self._network, images_NCHW, scores_NK, self._lines)
            raise self._error(f"the loss is {value} in step {self._step:,} (epoch {self._epoch}){where}")
        return value

    def gradients(self) -> NonFiniteError:
        """What to say where a gradient is not finite."""
        named = self._network.module.named_parameters()
        found = (name for name, weight in named if weight.grad is not None and not _finite(weight.grad))
        name = next(found, "")
        what = f"the gradient of {name}{_line(name.rpartition('.')[0], self._lines)} is not finite"
        if not name:
            what = "the norm of the gradients is more than fp32 holds"
        return self._error(f"{what} in step {self._step:,} (epoch {self._epoch})")

    def _error(self, message: str) -> NonFiniteError:
        if self._live:
            torch._foreach_copy_(self._live, self._kept)
        kept = "from before that step" if is_sound(self._network.module) else ""
        return NonFiniteError(message, self._hint(), step=self._step, epoch=self._epoch, kept=kept)

    def _hint(self) -> str:
        if self._step > 1:
            return SMALLER_LR
        return f"{FIRST_STEP}, {FP16}." if self._network.precision.name == "fp16" else f"{FIRST_STEP}."


def is_sound(module: nn.Module) -> bool:
    """Whether all weights and buffers are finite."""
    return all(map(_finite, module.state_dict().values()))


def blame(network: Network, images_NCHW: Tensor, scores_NK: Tensor, lines: Lines) -> str:
    """`: the first that is not finite is the output of conv1 (conv, net.yaml:7)`.

    Runs the network once more, which changes its buffers.
    """
    if _finite(scores_NK):
        return ", though the scores are finite"
    culprit, layer = _first(network, images_NCHW)
    return f": the first that is not finite is {culprit}{_line(layer, lines)}"


def _line(layer: str, lines: Lines) -> str:
    return f" ({lines[layer]})" if layer in lines else ""


def _first(network: Network, images_NCHW: Tensor) -> tuple[str, str]:
    """What is not finite first, in words, and the path of its layer.

    What is added, multiplied or joined is done between layers: where it is to blame, the next layer's input shows it.
    """
    if not _finite(images_NCHW):
        return "the images", ""
    for name, weight in network.module.named_parameters():
        if not _finite(weight):
            return f"the weight {name}", name.rpartition(".")[0]
    found: list[tuple[str, str]] = []
    plain = Network(network.module, network.precision, network.device)  # a compiled one runs no hooks
    with _watched(plain.module, found), torch.no_grad():
        plain.scores(images_NCHW)
    for way, layer in found:
        return f"the {way} of {layer}", layer
    return "the scores, though no layer's output is", ""


@contextmanager
def _watched(module: nn.Module, found: list[tuple[str, str]]) -> Iterator[None]:
    """The layers whose input or output is not finite, in the order in which they ran."""

    def look(way: str, name: str, value: object) -> None:
        if not _finite(value):
            found.append((way, name))

    handles = []
    for name, part in module.named_modules():
        if name:
            handles += [
                part.register_forward_pre_hook(lambda _part, inputs, name=name: look("input", name, inputs)),
                part.register_forward_hook(
                    lambda _part, _in, output, name=name: look("output", name, output)
                ),
            ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _finite(value: object) -> bool:
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, dict):
        value = tuple(value.values())
    return all(map(_finite, value)) if isinstance(value, tuple | list) else True
