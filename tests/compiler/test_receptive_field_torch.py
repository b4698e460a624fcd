"""Receptive fields, judged by gradients: an input is seen where it moves the output."""

from __future__ import annotations

import pytest
import torch

import cnnspec
from cnnspec.compiler.receptive_field import receptive_fields

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
