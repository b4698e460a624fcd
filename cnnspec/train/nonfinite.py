"""A loss that is no finite number: training stops before it reaches the weights, and says where it arose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cnnspec.train.errors import NonFiniteError
from cnnspec.train.network import Network


class Buffers:
    """What a forward pass in training changes besides weights: batch norm's running mean and variance."""

    def __init__(self, module: nn.Module) -> None:
        self._live = list(module.buffers())
        self._kept = [buffer.clone() for buffer in self._live]

    def keep(self) -> None:
        """Remember them as they are."""
        if self._live:
            torch._foreach_copy_(self._kept, self._live)

    def restore(self) -> None:
        """Make them again what they were."""
        if self._live:
            torch._foreach_copy_(self._live, self._kept)


def non_finite(
    network: Network,
    images_NCHW: Tensor,
    loss: Tensor,
    step: int,
    epoch: int,
    buffers: Buffers,
    lines: Mapping[str, str],
) -> NonFiniteError:
    """What to say of a loss that is no finite number; `buffers` become what they were.

    `lines` tells for each layer where it is written.
    """
    culprit, layer = blame(network, images_NCHW)
    buffers.restore()  # the look for the culprit has changed them once more
    sound = all(bool(value.isfinite().all()) for value in network.module.state_dict().values())
    line = f" ({lines[layer]})" if layer in lines else ""
    where = (
        f": the first that is not finite is {culprit}{line}" if culprit else ", though the scores are finite"
    )
    message = f"the loss is {loss.item()} in step {step:,} (epoch {epoch}){where}"
    return NonFiniteError(message, step, epoch, sound=sound)


def blame(network: Network, images_NCHW: Tensor) -> tuple[str, str]:
    """What is the first that is not finite: the images, a weight, or the output of a layer; or nothing.

    In words, and the path of the layer.

    Runs the network once more, which changes its buffers.
    """
    if not images_NCHW.isfinite().all():
        return "the images", ""
    for name, weight in network.module.named_parameters():
        if not weight.isfinite().all():
            return f"the weight {name}", name.rpartition(".")[0]
    found: list[str] = []
    plain = Network(network.module, network.mode, network.device)  # a compiled one runs no hooks
    with _watched(plain.module, found), torch.no_grad():
        plain.scores(images_NCHW)
    return (f"the output of {found[0]}", found[0]) if found else ("", "")


@contextmanager
def _watched(module: nn.Module, found: list[str]) -> Iterator[None]:
    """The names of submodules that give something not finite, in the order in which they ran."""

    def look(name: str) -> None:
        found.append(name)

    handles = [
        part.register_forward_hook(
            lambda _module, _inputs, output, name=name: None if _finite(output) else look(name)
        )
        for name, part in module.named_modules()
        if name
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _finite(output: object) -> bool:
    if isinstance(output, Tensor):
        return not output.is_floating_point() or bool(output.isfinite().all())
    if isinstance(output, dict):
        output = tuple(output.values())
    return all(map(_finite, output)) if isinstance(output, tuple | list) else True
