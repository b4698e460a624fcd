"""A layer of each kind with as few arguments as there may be."""

from __future__ import annotations

from typing import Any

from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.layers.base import Layer

NEEDED: dict[str, dict[str, Any]] = {
    "conv": {"out_channels": 4, "kernel_size": 1},
    "conv_transpose": {"out_channels": 4, "kernel_size": 1},
    "depthwise": {"kernel_size": 1},
    "linear": {"out_features": 4},
    "groupnorm": {"num_groups": 2},
    "lrn": {"size": 2},
    "threshold": {"threshold": 0.1, "value": 0.0},
    "maxpool": {"kernel_size": 2},
    "avgpool": {"kernel_size": 2},
    "lppool": {"kernel_size": 2},
    "adaptive_avgpool": {"output_size": 1},
    "adaptive_maxpool": {"output_size": 1},
    "unflatten": {"axis": 0, "unflattened_size": [2, 2]},
    "permute": {"axes": [0, 2, 1]},
    "pad": {"padding": 1},
    "stochastic_depth": {"p": 0.1},
    "upsample": {"scale_factor": 2},
    "resize": {"size": 4},
    "pixel_shuffle": {"upscale_factor": 2},
    "pixel_unshuffle": {"downscale_factor": 2},
    "channel_shuffle": {"groups": 2},
}
"""Arguments without a default, for an input of 4×4×4."""


IMAGE = Shape((4, 4, 4))


def sample_layer(kind: str) -> Layer:
    return KINDS[kind](**NEEDED.get(kind, {}))


def written_input(kind: str) -> Shape:
    return Shape((4,)) if kind == "linear" else IMAGE
