"""The layer kinds: a class each, in its family's file, and a line here."""

from cnnspec.declare.registry import Registry
from cnnspec.layers.base import Layer

KINDS = Registry(
    Layer,
    "cnnspec.layers",
    {
        # convolutions
        "conv": "conv:Conv",
        "conv_transpose": "conv_transpose:ConvTranspose",
        "depthwise": "conv:Depthwise",
        # weighted sums of all channels
        "linear": "linear:Linear",
        # normalisations
        "bn": "norms:BatchNorm",
        "instancenorm": "norms:InstanceNorm",
        "groupnorm": "norms:GroupNorm",
        "layernorm": "norms:LayerNorm",
        "rmsnorm": "norms:RMSNorm",
        "lrn": "norms:LocalResponseNorm",
        # rectifiers
        "relu": "activations:ReLU",
        "relu6": "activations:ReLU6",
        "leaky_relu": "activations:LeakyReLU",
        "prelu": "activations:PReLU",
        "rrelu": "activations:RReLU",
        "elu": "activations:ELU",
        "selu": "activations:SELU",
        "celu": "activations:CELU",
        "threshold": "activations:Threshold",
        # smooth activations
        "sigmoid": "activations:Sigmoid",
        "tanh": "activations:Tanh",
        "gelu": "activations:GELU",
        "silu": "activations:SiLU",
        "mish": "activations:Mish",
        "softplus": "activations:Softplus",
        "softsign": "activations:Softsign",
        "log_sigmoid": "activations:LogSigmoid",
        "tanhshrink": "activations:Tanhshrink",
        # activations of straight pieces
        "hardswish": "activations:Hardswish",
        "hardsigmoid": "activations:Hardsigmoid",
        "hardtanh": "activations:Hardtanh",
        "hardshrink": "activations:Hardshrink",
        "softshrink": "activations:Softshrink",
        # activations along an axis
        "softmax": "activations:Softmax",
        "softmin": "activations:Softmin",
        "log_softmax": "activations:LogSoftmax",
        "glu": "activations:GLU",
        # pools
        "maxpool": "pools:MaxPool",
        "avgpool": "pools:AvgPool",
        "lppool": "pools:LPPool",
        "adaptive_avgpool": "pools:AdaptiveAvgPool",
        "adaptive_maxpool": "pools:AdaptiveMaxPool",
        "global_avgpool": "pools:GlobalAvgPool",
        "global_maxpool": "pools:GlobalMaxPool",
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
        "identity": "identity:Identity",
        # merges
        "add": "merges:Add",
        "multiply": "merges:Multiply",
        "concat": "merges:Concat",
    },
)
"""Every kind by its name in a spec."""

MERGES = ("add", "multiply", "concat")
"""The kinds that take several branches."""
