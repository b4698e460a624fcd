"""Receptive fields, judged by gradients: an input is seen where it moves the output."""

from __future__ import annotations

import math
import re
from random import Random

import pytest
import torch

import cnnspec
from cnnspec.compiler.plan import Node, Plan
from cnnspec.compiler.receptive_field import receptive_fields, seen_inputs
from cnnspec.core.sliding_window import Reach
from tests.layers.torch_interpreter import made
from tests.random_specs import Draw, random_spec

HEAD = "cnnspec: 1\ninput: [2, {size}, {size}]\nlayers:\n"

CASES = {
    "two convolutions": [
        "conv: {out_channels: 2, kernel_size: 3}",
        "conv: {out_channels: 2, kernel_size: 5}",
    ],
    "a stride": [
        "conv: {out_channels: 2, kernel_size: 3, stride: 2}",
        "conv: {out_channels: 2, kernel_size: 3}",
    ],
    "dilation": ["conv: {out_channels: 2, kernel_size: 3, dilation: 3}", "avgpool: 2"],
    "an oblong kernel": [
        "conv: {out_channels: 2, kernel_size: [1, 5]}",
        "conv: {out_channels: 2, kernel_size: [3, 1]}",
    ],
    "a residual": ["add: [[conv: {out_channels: 2, kernel_size: 5, padding: 2}], []]"],
    "a residual with a stride": [
        "add: [[conv: {out_channels: 2, kernel_size: 3, stride: 2, padding: 1}], [conv: {out_channels: 2, kernel_size: 1, stride: 2}]]"
    ],
    "a transposed convolution": [
        "conv: {out_channels: 2, kernel_size: 3, stride: 2}",
        "conv_transpose: {out_channels: 2, kernel_size: 4, stride: 2}",
        "conv: {out_channels: 2, kernel_size: 3}",
    ],
    "upsampling by the nearest": ["avgpool: 2", "upsample: 2", "conv: {out_channels: 2, kernel_size: 3}"],
    "upsampling by three": [
        "avgpool: 3",
        "upsample: 3",
        "conv: {out_channels: 2, kernel_size: 3, stride: 2}",
    ],
    "bilinear upsampling": ["avgpool: 2", "upsample: {scale_factor: 2, mode: bilinear}"],
    "pixel shuffle": ["conv: {out_channels: 8, kernel_size: 3}", "pixel_shuffle: 2"],
    "pixel unshuffle": ["pixel_unshuffle: 2", "conv: {out_channels: 2, kernel_size: 3}"],
    "a pad": ["pad: 2", "conv: {out_channels: 2, kernel_size: 3}"],
    "branches of two widths": [
        "concat: [[conv: {out_channels: 2, kernel_size: 1}], [conv: {out_channels: 2, kernel_size: 7, padding: 3}]]",
        "conv: {out_channels: 2, kernel_size: 3}",
    ],
    "flatten sees what came in": ["avgpool: 3", "flatten"],
    "linear sees all": ["conv: {out_channels: 2, kernel_size: 3}", "flatten", "linear: 3"],
    "a global pool sees all": ["conv: {out_channels: 2, kernel_size: 3}", "global_avgpool"],
    "a gate sees all": ["multiply: [[], [global_avgpool, conv: {out_channels: 2, kernel_size: 1}]]"],
    "group norm sees all": ["groupnorm: 1", "conv: {out_channels: 2, kernel_size: 3}"],
    "flipped axes": ["conv: {out_channels: 2, kernel_size: [3, 1]}", "permute: [1, 2, 0]"],
}


def _seen(model: torch.nn.Module, size: int) -> list[int]:
    """The widest extent, over outputs far from the border, of inputs with a gradient."""
    for parameter in model.parameters():
        torch.nn.init.uniform_(parameter, 0.5, 1.0)
    x = torch.rand(1, 2, size, size, dtype=torch.float64, requires_grad=True)
    y = model.double()(x)
    widest = [0, 0]
    flat = y.reshape(-1)
    middle = flat.numel() // 2
    near = (
        y[(..., *(slice(n // 2 - 4, n // 2 + 4) for n in y.shape[2:]))].reshape(-1) if y.dim() == 4 else flat
    )
    for output in near if y.dim() == 4 and near.numel() else flat[middle : middle + 1]:
        (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
        for axis, others in enumerate(((0, 1, 3), (0, 1, 2))):
            hit = gradient.abs().sum(others).nonzero().flatten()
            if hit.numel():
                widest[axis] = max(widest[axis], int(hit.max() - hit.min()) + 1)
    return widest


@pytest.mark.parametrize("name", CASES)
def test_the_extent_is_where_gradients_are(name):
    size = 36
    text = HEAD.format(size=size) + "".join(f"  - {item}\n" for item in CASES[name])
    result = cnnspec.check_text(text)
    assert result.ok
    told = receptive_fields(result.plan)[result.plan.nodes[-1]]
    torch.manual_seed(0)
    assert _seen(cnnspec.build(result), size) == list(told)


SEEING = (
    ("conv", 8), ("depthwise", 3), ("conv_transpose", 3), ("avgpool", 4), ("pad", 3), ("slice", 2), ("upsample", 3),
    ("pixel_unshuffle", 1), ("bn", 1), ("adaptive_avgpool", 1), ("permute", 1), ("flatten", 1),
    ("linear", 2), ("global_avgpool", 1),
)  # fmt: skip
"""Not pixel_shuffle, which may lay channels out that saw other positions; nor circular padding, which sees the far end."""
SIZE = 30
MOST_FEATURES = 60


def _seeing() -> tuple[tuple[str, Draw, int], ...]:
    """Kinds through which what is seen can be followed, with small windows."""
    draws: dict[str, Draw] = {
        "conv": lambda rng, x: {
            "out_channels": x.channels,
            "kernel_size": [rng.choice((1, 2, 3)), rng.choice((1, 2, 3))],
            "stride": rng.choice((1, 1, 2)),
            "padding": rng.choice((0, 1)),
            "dilation": rng.choice((1, 1, 2)),
            "padding_mode": rng.choice(("zeros", "zeros", "reflect", "replicate")),
        },
        "depthwise": lambda rng, _x: {"kernel_size": rng.choice((2, 3)), "padding": rng.choice((0, 1))},
        "conv_transpose": lambda rng, x: {
            "out_channels": x.channels,
            "kernel_size": rng.choice((1, 2, 3)),
            "stride": rng.choice((1, 2)),
            "dilation": rng.choice((1, 2)),
        },
        "avgpool": lambda rng, _x: {"kernel_size": rng.choice((2, 3)), "stride": rng.choice((1, 2))},
        "pad": lambda rng, _x: {"padding": rng.choice((1, 2, -1))},
        "slice": lambda rng, _x: {"start": rng.choice((1, 3, -9)), "axis": rng.choice((1, 2))},
        "upsample": lambda rng, _x: {"scale_factor": rng.choice((2, 2, 1.5, 0.5))},
        "pixel_unshuffle": lambda _rng, _x: {"downscale_factor": 2},
        "adaptive_avgpool": lambda rng, _x: {"output_size": rng.choice((4, 7))},
        "permute": lambda rng, _x: {"axes": rng.choice(([0, 1, 2], [0, 2, 1]))},
        "linear": lambda _rng, _x: {"out_features": 3},
    }
    return tuple((kind, draws.get(kind, lambda _rng, _x: {}), weight) for kind, weight in SEEING)


def observed(plan: Plan) -> dict[Node, tuple[int, int]]:
    """The widest extent of the inputs with a gradient, over all outputs of each node, with positive weights."""
    (entry,) = plan.inputs.values()
    x = torch.rand(1, *entry.shape.sizes, dtype=torch.float64, requires_grad=True)
    values = {entry: x}
    for node in plan.nodes:
        module = made(node.layer.emit(node.inputs[0].shape))
        if isinstance(module, torch.nn.Module):
            module.double()
            for parameter in module.parameters():
                torch.nn.init.uniform_(parameter, 0.5, 1.0)
        values[node] = module(*(values[value] for value in node.inputs))
    return {node: _widest(x, values[node], node.shape.channel_axis) for node in plan.nodes}


def _widest(x: torch.Tensor, y: torch.Tensor, channel_axis: int) -> tuple[int, int]:
    """The widest extent along each axis of what a row, or a column, of the output sees; of features, what one sees."""
    widest = [0, 0]
    for i, others in enumerate(((0, 1, 3), (0, 1, 2))):
        outputs = y.flatten()[:MOST_FEATURES]
        if y.dim() == 4:
            kept = [axis for axis in range(1, 4) if axis != channel_axis + 1][i]
            outputs = y.sum([axis for axis in range(4) if axis != kept])
        for output in outputs if y.requires_grad else ():
            (gradient,) = torch.autograd.grad(output, x, retain_graph=True, allow_unused=True)
            hit = [] if gradient is None else gradient.abs().sum(others).nonzero().flatten()
            widest[i] = max(widest[i], int(hit[-1] - hit[0]) + 1 if len(hit) else 0)
    return tuple(widest)


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_what_random_graphs_see_is_where_gradients_are(first):
    for number in range(first, first + 10):
        wrong = differing_fields(number)
        assert not wrong, wrong


def differing_fields(number: int) -> str:
    """A text with what is told of a random spec and what gradients say, where these differ."""
    rng = Random(f"seen {number}")
    spec = random_spec(rng, 2, _seeing(), most=7)
    text = re.sub(r"input: \[(\d+), .*", rf"input: [\1, {SIZE}, {SIZE + 1}]", spec.text)
    result = cnnspec.check_text(text)
    if not result.ok or any(math.prod(node.shape.sizes) > 6000 for node in result.plan.nodes):
        return ""
    torch.manual_seed(number)
    told, seen, reaches = receptive_fields(result.plan), observed(result.plan), seen_inputs(result.plan)
    for node in result.plan.nodes:
        if told[node] is None or (node.shape.rank == 0 and node.shape.channels > MOST_FEATURES):
            continue
        for axis, size in enumerate((SIZE, SIZE + 1)):
            own, reach = told[node][axis], reaches[node] and reaches[node][axis]
            if min(own, size) != seen[node][axis] and not _always_over_the_border(
                node, axis, reach, own, size
            ):
                return f"{number}: {node.path} sees {told[node]}, gradients say {seen[node]}\n{text}"
    return ""


def _always_over_the_border(node: Node, axis: int, reach: Reach | None, extent: int, size: int) -> bool:
    """Whether no output that sees so far sees inputs alone: its padding counts in what is told."""
    if reach is None or node.shape.rank != 2:
        return False
    taps = [reach.at(output) for output in range(node.shape.spatial[axis])]
    widest = [tap for tap in taps if tap is not None and tap.last - tap.first + 1 == extent]
    return all(tap.first < 0 or tap.last >= size for tap in widest)
