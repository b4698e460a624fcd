"""Every layer kind, one declaration each.

The list is written by hand and readable: kind -> `module:Class`. A family is imported, and its
validators are built, when a spec first uses it, so that start-up does not grow with the vocabulary.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.layers.base import Layer

KINDS = {
    # convolutions
    "conv": "conv:Conv",
    "conv_transpose": "transpose:ConvTranspose",
    "depthwise": "conv:Depthwise",
    # weighted sums of all channels
    "linear": "linear:Linear",
    # normalisations
    "bn": "norm:BatchNorm",
    "instancenorm": "norm:InstanceNorm",
    "groupnorm": "norm_groups:GroupNorm",
    "layernorm": "norm_axes:LayerNorm",
    "rmsnorm": "norm_axes:RMSNorm",
    "lrn": "norm_groups:LocalResponseNorm",
    # rectifiers
    "relu": "activation:ReLU",
    "relu6": "activation:ReLU6",
    "leaky_relu": "activation:LeakyReLU",
    "prelu": "activation:PReLU",
    "rrelu": "activation:RReLU",
    "elu": "activation:ELU",
    "selu": "activation:SELU",
    "celu": "activation:CELU",
    "threshold": "activation:Threshold",
    # smooth activations
    "sigmoid": "activation_smooth:Sigmoid",
    "tanh": "activation_smooth:Tanh",
    "gelu": "activation_smooth:GELU",
    "silu": "activation_smooth:SiLU",
    "mish": "activation_smooth:Mish",
    "softplus": "activation_smooth:Softplus",
    "softsign": "activation_smooth:Softsign",
    "log_sigmoid": "activation_smooth:LogSigmoid",
    "tanhshrink": "activation_smooth:Tanhshrink",
    # activations of straight pieces
    "hardswish": "activation_hard:Hardswish",
    "hardsigmoid": "activation_hard:Hardsigmoid",
    "hardtanh": "activation_hard:Hardtanh",
    "hardshrink": "activation_hard:Hardshrink",
    "softshrink": "activation_hard:Softshrink",
    # activations along an axis
    "softmax": "activation_axis:Softmax",
    "softmin": "activation_axis:Softmin",
    "log_softmax": "activation_axis:LogSoftmax",
    "glu": "activation_axis:GLU",
    # pools
    "maxpool": "pool:MaxPool",
    "avgpool": "pool:AvgPool",
    "lppool": "pool:LPPool",
    "adaptive_avgpool": "adaptive:AdaptiveAvgPool",
    "adaptive_maxpool": "adaptive:AdaptiveMaxPool",
    "global_avgpool": "adaptive:GlobalAvgPool",
    "global_maxpool": "adaptive:GlobalMaxPool",
    # shape
    "flatten": "reshape:Flatten",
    "unflatten": "reshape:Unflatten",
    "permute": "reshape:Permute",
    "slice": "slice:Slice",
    "pad": "pad:Pad",
    # dropout
    "dropout": "dropout:Dropout",
    "dropout_channels": "dropout:DropoutChannels",
    "alpha_dropout": "dropout:AlphaDropout",
    "feature_alpha_dropout": "dropout:FeatureAlphaDropout",
    "stochastic_depth": "dropout:StochasticDepth",
    # resampling
    "upsample": "resample:Upsample",
    "resize": "resample:Resize",
    "pixel_shuffle": "shuffle:PixelShuffle",
    "pixel_unshuffle": "shuffle:PixelUnshuffle",
    "channel_shuffle": "shuffle:ChannelShuffle",
    # a factor a channel, and nothing
    "scale": "scale:Scale",
    "identity": "scale:Identity",
    # merges
    "add": "merge:Add",
    "multiply": "merge:Multiply",
    "concat": "merge:Concat",
}
"""Where each kind is declared."""

MERGES = ("add", "multiply", "concat")
"""The kinds that take branches."""


@cache
def layer_class(kind: str) -> type[Layer]:
    """The declaration of a kind. Raises KeyError when there is none such."""
    module, name = KINDS[kind].split(":")
    found: type[Layer] = getattr(import_module(f"cnnspec.layers.{module}"), name)
    return found
