"""What other libraries call our kinds and arguments; only for hints: a foreign spelling stays an error."""

from __future__ import annotations

import re
from collections.abc import Container

from cnnspec.declare import spellings
from cnnspec.declare.spellings import names_by_spelling, normalise, spellings_by_name
from cnnspec.layers import KINDS

_KINDS = {
    "conv": "Convolution Conv2DLayer conv3x3 conv1x1 conv_layer convolutional SeparableConv",
    "conv_transpose": "ConvTranspose Conv2DTranspose Deconvolution deconv TransposedConv"
    " transposed_conv upconv tconv UpConvolution ConvTransposed",
    "depthwise": "DepthwiseConv2D dwconv dw_conv depthwise_conv depthwise_convolution ConvolutionDepthWise",
    "linear": "Dense fc fully_connected FullyConnected InnerProduct inner_product Gemm MatMul"
    " connected affine LazyLinear dense_layer",
    "bn": "BatchNorm BatchNormalization batch_normalization batch_normalize BatchNormalisation"
    " SyncBatchNorm norm normalization",
    "instancenorm": "InstanceNorm InstanceNormalization instance_normalization",
    "groupnorm": "GroupNorm GroupNormalization group_normalization gn",
    "layernorm": "LayerNorm LayerNormalization layer_normalization ln",
    "rmsnorm": "RMSNorm RMSNormalization rms_normalization",
    "lrn": "LocalResponseNorm LocalResponseNormalization local_response_normalization CrossMapLRN",
    "relu": "rectifier rectify rectified_linear Rectified ramp",
    "relu6": "clipped_relu",
    "leaky_relu": "LeakyReLU leaky lrelu LeakyRectify",
    "prelu": "parametric_relu",
    "elu": "exponential_linear",
    "silu": "swish",
    "sigmoid": "logistic expit Sigm",
    "tanh": "hyperbolic_tangent TanH",
    "gelu": "gelu_new gelu_tanh",
    "softplus": "soft_plus",
    "log_sigmoid": "logsigmoid",
    "hardswish": "h_swish hswish hard_swish hard_silu",
    "hardsigmoid": "h_sigmoid hsigmoid hard_sigmoid",
    "hardtanh": "hard_tanh clip clamp",
    "threshold": "ThresholdedReLU",
    "maxpool": "MaxPooling max_pooling pool pooling subsampling max",
    "avgpool": "AveragePool AveragePooling average_pooling avg_pooling mean_pool",
    "lppool": "lp_pooling power_pool",
    "adaptive_avgpool": "AdaptiveAvgPool AdaptiveAveragePool adaptive_average_pooling adaptive_pool",
    "adaptive_maxpool": "AdaptiveMaxPool adaptive_max_pooling",
    "global_avgpool": "GlobalAveragePooling GlobalAveragePool GlobalAvgPooling gap global_pool"
    " global_pooling avg",
    "global_maxpool": "GlobalMaxPooling GlobalMaxPool gmp",
    "flatten": "flat ravel",
    "unflatten": "reshape view Reshape fold_axis",
    "permute": "transpose swapaxes movedim moveaxis channels_last",
    "slice": "split chunk narrow crop Cropping2D StridedSlice tensor_split",
    "pad": "padding ZeroPad ZeroPadding ConstantPad ReflectionPad ReflectionPadding ReplicationPad"
    " CircularPad",
    "dropout": "drop",
    "dropout_channels": "Dropout1d Dropout2d Dropout3d SpatialDropout spatial_dropout channel_dropout"
    " FeatureDropout",
    "stochastic_depth": "DropPath drop_path droppath survival drop_connect DropConnect",
    "upsample": "UpSampling up upsampling UpsamplingNearest2d UpsamplingBilinear2d Upscale",
    "resize": "interpolate Interp Resizing Upsample2DLike interpolation",
    "pixel_shuffle": "depth_to_space DepthToSpace sub_pixel SubpixelConv",
    "pixel_unshuffle": "space_to_depth SpaceToDepth Focus reorg",
    "channel_shuffle": "shuffle ShuffleChannel",
    "scale": "LayerScale layer_scale gamma Scaling",
    "identity": "noop no_op none pass passthrough",
    "add": "sum plus shortcut residual Eltwise Elementwise AddN",
    "multiply": "mul product times prod gate",
    "concat": "cat concatenate route merge",
    "layers": "Sequential sequence Compose ModuleList",
}
_ARGUMENTS = {
    "out_channels": "filters features channels out nf num_filters n_filters num_output planes"
    " out_planes depth width output_channels out_ch outchannels feature_maps maps units out_dim"
    " out_features",
    "out_features": "units out_dim neurons hidden nodes num_units output_dim outputs n_out num_output"
    " features channels size out width out_channels output_size num_classes classes",
    "in_channels": "in in_planes in_ch inchannels input_channels nin in_dim input_dim in_features"
    " channels_in",
    "in_features": "in in_dim input_dim input_size nin in_channels",
    "num_features": "channels features in_channels in_features num_channels",
    "num_channels": "channels features in_channels in_features num_features",
    "kernel_size": "kernel ksize k size pool_size kernel_shape filter_size window window_size filter"
    " pool kernels",
    "stride": "strides step s subsample steps",
    "padding": "pad pads padding_size p paddings border padding_amount",
    "dilation": "dilation_rate dilations dilate d rate atrous atrous_rate",
    "output_padding": "out_pad outpad output_pad out_padding adj",
    "groups": "group num_groups n_groups cardinality num_group feature_group_count",
    "num_groups": "groups group n_groups",
    "multiplier": "depth_multiplier channel_multiplier expansion",
    "bias": "use_bias bias_term with_bias has_bias center",
    "padding_mode": "pad_mode padding_type pad_type",
    "eps": "epsilon variance_epsilon",
    "affine": "scale elementwise_affine learnable",
    "elementwise_affine": "affine scale learnable",
    "normalized_shape": "shape size features channels num_features",
    "p": "rate prob probability drop_prob drop_rate dropout dropout_rate dropout_ratio ratio drop drop_path",
    "axis": "dim dims axes",
    "axes": "dims dim axis perm order permutation",
    "start_axis": "start_dim axis start from",
    "end_axis": "end_dim end stop to",
    "start": "begin start_index starts first",
    "stop": "end end_index ends last to",
    "part": "index chunk group i",
    "of": "chunks parts groups sections n num",
    "unflattened_size": "shape size sizes target_shape output_shape dims",
    "negative_slope": "alpha slope leak leakiness negative_scope a",
    "alpha": "a negative_slope scale",
    "num_parameters": "channels n num",
    "init": "value initial init_value init_values initializer layer_scale",
    "approximate": "approx approximation",
    "min_val": "min min_value lower low",
    "max_val": "max max_value upper high",
    "lambd": "lambda lam threshold lmbda",
    "threshold": "theta",
    "value": "constant constant_value fill constant_values fill_value",
    "output_size": "size out_size output_shape target_size shape out",
    "scale_factor": "factor scale size scales zoom ratio by stride",
    "upscale_factor": "factor r scale block_size blocksize upscale scale_factor",
    "downscale_factor": "factor r scale block_size blocksize downscale scale_factor stride",
    "size": "local_size depth_radius n output_size out_size target_size shape height_width target"
    " output_shape",
    "mode": "interpolation method resample type pad_mode padding_mode",
    "align_corners": "align corners",
    "antialias": "anti_alias antialiasing",
    "like": "as target other same_as reference",
    "ceil_mode": "ceil round_up ceiling",
    "count_include_pad": "include_pad count_pad count_includes_pad",
    "divisor_override": "divisor",
    "norm_type": "norm pnorm ord order",
}
_ACTIVATION = "activation activations act act_fn act_layer activation_fn activation_layer nonlinearity"


def _without_rank(word: str) -> str:
    return re.sub(r"[123]d", "", word)


KIND_SPELLINGS = {**names_by_spelling(_KINDS), **{normalise(kind): kind for kind in KINDS}}
"""Foreign spelling, normalised -> our kind."""
ARGUMENT_SPELLINGS = spellings_by_name(_ARGUMENTS)
"""Our argument -> the foreign spellings of it, normalised."""
ACTIVATION_WORDS = frozenset(map(normalise, _ACTIVATION.split()))
"""What others call the activation that they take as an argument, normalised."""


def kind_for(foreign: str) -> str | None:
    """Our kind for another library's name of it, whatever its rank: `nn.Conv2d`, `MaxPooling2D`, `Dense`."""
    sought = normalise(foreign)
    return KIND_SPELLINGS.get(sought) or KIND_SPELLINGS.get(_without_rank(sought))


def activation_after(kind: str, word: str, named: str) -> str:
    """The hint for `activation: relu` at a layer that has no such argument; or nothing."""
    if kind not in KINDS or normalise(word) not in ACTIVATION_WORDS:
        return ""
    item = f"- {kind_for(named) or 'relu'}"
    return f"An activation is an item of its own: take it out here, and write `{item}` as the next one."


def activation_itself(kind: str) -> str:
    """The hint for `- activation: relu`; or nothing."""
    return "Write the activation itself, as in `- relu`." if normalise(kind) in ACTIVATION_WORDS else ""


def argument_for(fields: Container[str], foreign: str) -> str | None:
    """The one of the fields that another library calls `foreign`."""
    return spellings.argument_for(fields, foreign, ARGUMENT_SPELLINGS)
