"""What a layer says its outputs read is what torch's gradients reach."""

from __future__ import annotations

import pytest
import torch

from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from tests.layers.samples import samples
from tests.layers.torch_interpreter import made
from tests.layers.verdict import judged

torch.set_num_threads(1)
SLIDING = [
    "conv",
    "conv_transpose",
    "depthwise",
    "maxpool",
    "avgpool",
    "lppool",
    "adaptive_avgpool",
    "adaptive_maxpool",
    "upsample",
    "slice",
    "pad",
    "permute",
    "pixel_shuffle",
    "pixel_unshuffle",
    "channel_shuffle",
    "bn",
]
BATCH = 24


def observed(layer: Layer, x: Shape, axis: int, output_axis: int) -> list[set[int]]:
    """For each output position along the axis, the input positions that its gradient reaches."""
    module = made(layer.emit(x))
    inputs = torch.rand(BATCH, *x.sizes, requires_grad=True)
    weighted = module(inputs) * torch.rand_like(module(inputs))
    found = []
    for position in range(weighted.shape[output_axis + 1]):
        total = weighted.select(output_axis + 1, position).sum()
        (gradient,) = torch.autograd.grad(total, inputs, retain_graph=True)
        reached = gradient.movedim(axis + 1, 0).flatten(1).abs().amax(1) > 0
        found.append(set(reached.nonzero().flatten().tolist()))
    return found


def spatial(x: Shape) -> list[int]:
    return [axis for axis in range(len(x.sizes)) if axis != x.channel_axis]


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("kind", SLIDING)
def test_reach_is_where_gradients_go(kind):
    compared = 0
    for sample in samples(kind, 60):
        layer, y = judged(kind, sample)
        x = sample[1][0]
        if (
            not isinstance(y, Shape)
            or not 1 <= x.rank <= 2
            or max(y.sizes) > 40
            or sample[0].get("align_corners")
        ):
            continue
        (reads,) = layer.reads(sample[1], y)
        if reads is None:
            continue
        for rows, axis, output_axis in zip(reads, spatial(x), spatial(y), strict=True):
            found = observed(layer, x, axis, output_axis)
            for mask, seen in zip(rows, found, strict=True) if any(found) else ():  # pad may crop everything
                check(mask, seen, sample)
                compared += 1
    assert compared > 40


APART = [kind for kind in KINDS if kind not in MERGES and not KINDS[kind].mixes_channels]


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("kind", APART)
def test_channels_stay_apart_where_nothing_mixes_them(kind):
    for sample in samples(kind, 25):
        layer, y = judged(kind, sample)
        x = sample[1][0]
        if isinstance(y, Shape) and len(sample[1]) == 1:
            filters = y.channels // x.channels
            found = observed(layer, x, x.channel_axis, y.channel_axis)
            assert all(seen <= {position // filters} for position, seen in enumerate(found)), sample


def check(reads: int, seen: set[int], sample: object) -> None:
    """Exactly those that a mask claims are seen, or fewer where a layer has a choice (a maximum, a weight of 0)."""
    said = {position for position in range(reads.bit_length()) if reads >> position & 1}
    assert seen <= said, (sample, said, seen)
    if seen:
        assert (min(seen), max(seen)) == (min(said), max(said)), (sample, said, seen)
