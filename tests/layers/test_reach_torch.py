"""What a layer says its outputs read is what torch's gradients reach."""

from __future__ import annotations

import pytest
import torch

from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Reach
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


def claimed(reach: Reach, output: int) -> tuple[int, int] | None:
    """The first and last input that an output position says it reads."""
    period, phase = divmod(output, len(reach.taps))
    tap = reach.taps[phase]
    return None if tap is None else (tap[0] + period * reach.step, tap[1] + period * reach.step)


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
        mirrored = {"reflect", "replicate", "circular"} & {
            sample[0].get("padding_mode"),
            sample[0].get("mode"),
        }
        if (
            not isinstance(y, Shape)
            or not 1 <= x.rank <= 2
            or max(y.sizes) > 40
            or mirrored
            or sample[0].get("align_corners")
        ):
            continue
        reaches = layer.reach(x)
        if not isinstance(reaches, tuple):
            continue
        for reach, axis, output_axis in zip(reaches, spatial(x), spatial(y), strict=True):
            found = observed(layer, x, axis, output_axis)
            for position, seen in enumerate(found if any(found) else ()):  # pad may crop everything away
                check(reach, position, seen, x.sizes[axis] or 0, sample)
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


def check(reach: Reach, position: int, seen: set[int], size: int, sample: object) -> None:
    said = claimed(reach, position)
    if said is None:
        assert not seen, (sample, position, seen)
        return
    first, last = max(said[0], 0), min(said[1], size - 1)
    assert all(min(first, size - 1) <= i <= max(last, 0) for i in seen), (sample, position, said, seen)
    if said == (first, last):
        assert seen, (sample, position, said)
        assert (min(seen), max(seen)) == said, (sample, position, said, seen)
