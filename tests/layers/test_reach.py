"""What a layer says its outputs read is what torch's gradients reach."""

from __future__ import annotations

import pytest
import torch

from cnnspec.core.shape import Shape
from cnnspec.core.window import Reach
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from tests.layers.samples import samples
from tests.layers.test_against_torch import judged
from tests.layers.torch_interpreter import made

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


@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("global_avgpool", {}, "whole"),
        ("adaptive_avgpool", {"output_size": 1}, "whole"),
        ("adaptive_avgpool", {"output_size": 5}, None),
        ("groupnorm", {"num_groups": 2}, "whole"),
        ("bn", {"track_running_stats": False}, "whole"),
        ("instancenorm", {}, "whole"),
        ("layernorm", {"axis": [1, 2]}, "whole"),
        ("layernorm", {"axis": 1}, None),
        ("softmax", {"axis": 1}, None),
        ("softmax", {}, (Reach(1, ((0, 0),)),) * 2),
        ("layernorm", {}, (Reach(1, ((0, 0),)),) * 2),
        ("flatten", {"start_axis": 1, "end_axis": 1}, (Reach(1, ((0, 0),)),) * 2),
        ("upsample", {"scale_factor": 0.5, "mode": "nearest-exact"}, (Reach(2, ((1, 1),)),) * 2),
        ("upsample", {"scale_factor": 2, "mode": "bilinear", "align_corners": True}, None),
        ("upsample", {"scale_factor": 0.7}, None),
        ("upsample", {"size": 7, "mode": "area"}, None),
        ("resize", {"size": 7, "mode": "bicubic", "antialias": True}, None),
        ("resize", {"like": "other"}, None),
        ("flatten", {}, "whole"),
        ("flatten", {"start_axis": 1}, None),
        ("unflatten", {"axis": 0, "unflattened_size": [2, 2]}, None),
        ("permute", {"axes": [0, 2, 1]}, None),
        ("concat", {"axis": 1}, None),
        ("conv_transpose", {"out_channels": 1, "kernel_size": 300, "stride": 300}, None),
        ("pixel_shuffle", {"upscale_factor": 65_537}, None),
    ],
)
def test_reach_without_a_window(kind, args, expected):
    assert KINDS[kind](**args).reach(Shape((4, 8, 8))) == expected


def test_a_signal_that_is_normalised_along_itself_is_seen_whole():
    assert KINDS["softmax"](axis=1).reach(Shape((4, 8))) == "whole"


def test_resizing_by_a_ratio_has_a_reach():
    assert KINDS["resize"](size=[16, 4]).reach(Shape((4, 8, 8))) == (
        Reach(1, ((0, 0), (0, 0))),
        Reach(2, ((0, 0),)),
    )
    assert (
        KINDS["upsample"](scale_factor=2, mode="bilinear").reach(Shape((4, 8, 8)))
        == (Reach(1, ((-1, 0), (0, 1))),) * 2
    )
