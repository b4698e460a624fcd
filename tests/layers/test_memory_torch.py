"""What a layer keeps for its backward pass: torch's own saved tensors are the judge, on a GPU that is only pretended."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks

from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.layers.base import Layer
from tests.layers.samples import samples
from tests.layers.torch_interpreter import made
from tests.layers.verdict import judged

BATCH = 3
WIDTH = 4
"""Bytes of a number."""
SEVERAL_AXES = ("rmsnorm",)
"""Kinds that torch has no kernel for along several axes: what it saves of the steps depends on the strides."""
COPIED = {"channel_shuffle"}
"""Kinds that now and then have nothing to move, which torch sees and we don't."""


@pytest.fixture(autouse=True)
def pretended_gpu() -> Iterator[None]:
    """Tensors without memory, on a device that need not be there."""
    with warnings.catch_warnings(), FakeTensorMode(), torch.device("cuda"):
        warnings.simplefilter("ignore")
        yield


def memory_of(tensor: Tensor) -> int:
    """What tells one memory from another."""
    return tensor.untyped_storage()._cdata


class Saved:
    """What torch saves of a layer in training: its inputs, its output, and how many bytes else."""

    def __init__(self, layer: Layer, shapes: tuple[Shape, ...], *, training: bool = True) -> None:
        operator = made(layer.emit(shapes[0]))
        held: set[int] = set()
        if isinstance(operator, torch.nn.Module):
            operator.train(training)
            if getattr(operator, "momentum", 0) is None:
                operator.momentum = 0.1  # a plain average counts batches, and there is no number to look at
            held = {memory_of(tensor) for tensor in [*operator.parameters(), *operator.buffers()]}
        leaves = [torch.empty(BATCH, *shape.numbers, requires_grad=True) for shape in shapes]
        inputs = [leaf.clone() for leaf in leaves]
        kept: dict[int, int] = {}

        def note(tensor: Tensor) -> Tensor:
            kept[memory_of(tensor)] = tensor.untyped_storage().nbytes()
            return tensor

        with saved_tensors_hooks(note, lambda tensor: tensor):
            y = operator(*inputs)
        entered = {memory_of(x) for x in inputs}
        self.is_view = memory_of(y) in entered
        self.inputs = memory_of(inputs[0]) in kept if layer.references else entered <= kept.keys()
        self.output = not self.is_view and memory_of(y) in kept
        rest = kept.keys() - entered - held - {memory_of(y)}
        self.bytes = sum(kept[memory] for memory in rest)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_what_torch_saves(kind: str) -> None:
    """Inputs, output, and bytes beside them, to the last one."""
    for sample in samples(kind, 60):
        layer, y = judged(kind, sample)
        several = kind in SEVERAL_AXES and isinstance(sample[0].get("axis"), tuple)
        if isinstance(y, Shape) and not several:
            ours, theirs = layer.keeps(sample[1], y), Saved(layer, sample[1])
            size = WIDTH * (ours.values * BATCH + ours.statistics) + ours.bytes * BATCH
            found = (ours.inputs, ours.output, layer.is_view(sample[1][0], training=True), size)
            is_view = theirs.is_view and kind not in COPIED
            assert (theirs.inputs, theirs.output, is_view, theirs.bytes) == found, sample


@pytest.mark.parametrize("kind", KINDS)
def test_in_eval_mode_a_view_is_a_view(kind: str) -> None:
    """What does nothing then gives its input."""
    for sample in samples(kind, 30):
        layer, y = judged(kind, sample)
        if isinstance(y, Shape):
            theirs = Saved(layer, sample[1], training=False)
            is_view = theirs.is_view and kind not in COPIED
            assert is_view == layer.is_view(sample[1][0], training=False), sample
