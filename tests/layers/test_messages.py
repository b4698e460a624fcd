"""What a rejection says, and that what its hint says to write works."""

from __future__ import annotations

import pytest

from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.other_libraries import (
    ARGUMENT_SPELLINGS,
    KIND_SPELLINGS,
    activation_after,
    activation_itself,
    argument_for,
    kind_for,
)
from tests.layers.samples import samples

IMAGE = Shape((8, 9, 9))
FEATURES = Shape((8,))
SIGNAL = Shape((8, 5))
MOVED = Shape((9, 9, 8), 2)


def rejected(kind: str, args: dict, *inputs: Shape) -> Reject:
    layer = KINDS[kind](**args)
    with pytest.raises(Reject) as caught:
        checked(layer, *inputs)
    return caught.value


def checked(layer, *inputs):
    layer.consistent()
    return layer.infer_from(inputs)


CASES = [
    (
        "conv",
        {"out_channels": 4, "kernel_size": 12},
        IMAGE,
        "kernel_size 12 does not fit into the input's 9 along axis 1",
        {"kernel_size": 9},
    ),
    ("conv", {"out_channels": 4, "kernel_size": 12}, IMAGE, "or a padding of at least 2", {"padding": 2}),
    (
        "conv",
        {"out_channels": 4, "kernel_size": 5, "dilation": 3},
        SIGNAL,
        "with dilation 3 spans 13 and does not fit into the input's 5",
        {"kernel_size": 2},
    ),
    (
        "conv",
        {"out_channels": 4, "kernel_size": 9, "padding": 1},
        SIGNAL,
        "5, 7 with its padding",
        {"padding": 2},
    ),
    (
        "conv",
        {"out_channels": 4, "kernel_size": 3, "groups": 3},
        IMAGE,
        "4 out_channels do not split into 3 groups",
        {"out_channels": 6, "groups": 2},
    ),
    (
        "conv",
        {"out_channels": 3, "kernel_size": 3, "groups": 3},
        IMAGE,
        "Write a divisor of 8: 1, 2, 4, 8.",
        {"groups": 1},
    ),
    (
        "conv",
        {"out_channels": 3, "kernel_size": 3, "stride": [2, 1], "padding": "same"},
        IMAGE,
        "stride is [2, 1]",
        {"padding": 1},
    ),
    (
        "conv",
        {"out_channels": 3, "kernel_size": 3, "stride": 2, "padding": "same"},
        IMAGE,
        "stride is 2",
        {"padding": 1},
    ),
    (
        "conv",
        {"out_channels": 3, "kernel_size": 3, "padding": 5, "padding_mode": "reflect"},
        SIGNAL,
        "Write a padding of at most 4",
        {"padding": 4},
    ),
    (
        "conv",
        {"out_channels": 3, "kernel_size": [3, 3]},
        SIGNAL,
        "kernel_size has 2 values, the input has 1 spatial axis",
        {"kernel_size": 3},
    ),
    (
        "conv_transpose",
        {"out_channels": 3, "kernel_size": 3, "output_padding": 1},
        IMAGE,
        "Write at most 0.",
        {"output_padding": 0},
    ),
    (
        "conv_transpose",
        {"out_channels": 3, "kernel_size": 3, "groups": 3},
        IMAGE,
        "8 input channels",
        {"out_channels": 4, "groups": 4},
    ),
    (
        "conv_transpose",
        {"out_channels": 3, "kernel_size": 3, "groups": 2},
        IMAGE,
        "3 out_channels",
        {"groups": 1},
    ),
    (
        "conv_transpose",
        {"out_channels": 3, "kernel_size": 1, "padding": 5},
        IMAGE,
        "padding takes away more",
        {"padding": 4},
    ),
    ("maxpool", {"kernel_size": 10}, IMAGE, "Write a kernel_size of at most 9.", {"kernel_size": 9}),
    ("maxpool", {"kernel_size": 2, "padding": 2}, IMAGE, "Write a padding of at most 1", {"padding": 1}),
    (
        "avgpool",
        {"kernel_size": 3, "padding": 1},
        Shape((2, 2, 4, 4)),
        "the volume's 2 along axis 1",
        {"kernel_size": 2},
    ),
    (
        "avgpool",
        {"kernel_size": 2, "divisor_override": 3},
        SIGNAL,
        "AvgPool1d has no divisor_override",
        {"divisor_override": None},
    ),
    ("lppool", {"kernel_size": 2, "norm_type": 0}, SIGNAL, "there is no 0th root", {"norm_type": 2}),
    ("adaptive_avgpool", {"output_size": [None]}, SIGNAL, "Leave the layer out.", {"output_size": 5}),
    ("instancenorm", {}, Shape((8, 1, 1)), "one position a channel", None),
    ("groupnorm", {"num_groups": 3}, IMAGE, "Write a divisor of 8: 1, 2, 4, 8.", {"num_groups": 4}),
    ("groupnorm", {"num_groups": 3}, MOVED, "Write permute: [2, 0, 1] before it.", None),
    ("layernorm", {"axis": [1, -2]}, IMAGE, "Write [1].", {"axis": [1]}),
    ("layernorm", {"axis": 3}, IMAGE, "axis is 3, but 8×9×9 has the axes 0 to 2", {"axis": 2}),
    ("lrn", {"size": 3}, FEATURES, "Write it before flatten.", None),
    ("prelu", {"num_parameters": 3}, IMAGE, "Write num_parameters: 8, or 1.", {"num_parameters": 8}),
    (
        "rrelu",
        {"lower": 0.5, "upper": 0.1},
        IMAGE,
        "Write {lower: 0.1, upper: 0.5}.",
        {"lower": 0.1, "upper": 0.5},
    ),
    ("celu", {"alpha": 0}, IMAGE, "celu divides by it", {"alpha": 1}),
    ("hardtanh", {"min_val": 2}, IMAGE, "Write a max_val above 2.0.", {"max_val": 3}),
    ("glu", {"axis": 1}, IMAGE, "has 9 elements along axis 1", {"axis": 0}),
    ("linear", {"out_features": 4}, IMAGE, "Write flatten before it", None),
    (
        "flatten",
        {"start_axis": 2, "end_axis": 1},
        IMAGE,
        "Write {start_axis: 1, end_axis: 2}.",
        {"start_axis": 1, "end_axis": 2},
    ),
    (
        "unflatten",
        {"axis": 0, "unflattened_size": [3, -1]},
        IMAGE,
        "multiplies to 3, which does not divide 8",
        {"unflattened_size": [2, -1]},
    ),
    (
        "unflatten",
        {"axis": 0, "unflattened_size": [3, 2]},
        IMAGE,
        "multiplies to 6, which is not 8",
        {"unflattened_size": [4, 2]},
    ),
    (
        "unflatten",
        {"axis": 0, "unflattened_size": [-1, -1]},
        IMAGE,
        "only one size can be what is left",
        {"unflattened_size": [-1, 1]},
    ),
    (
        "unflatten",
        {"axis": 0, "unflattened_size": [0, 1]},
        IMAGE,
        "a size of 0 holds nothing",
        {"unflattened_size": [-1, 1]},
    ),
    ("permute", {"axes": [1, 0]}, IMAGE, "Write each of [0, 1, 2] once", {"axes": [1, 0, 2]}),
    ("slice", {"part": 2, "of": 2}, IMAGE, "Write part: 1 for the last.", {"part": 1}),
    ("slice", {"part": 2}, IMAGE, "of is not there", {"part": 0, "of": 2}),
    ("slice", {"of": 2}, IMAGE, "part is not there", {"part": 0}),
    ("slice", {"part": 0, "of": 3}, IMAGE, "do not split into 3 equal parts", {"of": 4}),
    ("slice", {"part": 0, "of": 2, "stop": 3}, IMAGE, "not both", {"stop": None}),
    ("slice", {"start": 4, "stop": 2}, IMAGE, "from 4 to 2 there is nothing in the 8 elements", {"start": 1}),
    ("slice", {"start": 8}, IMAGE, "from 8 to the end there is nothing", {"start": 7}),
    ("slice", {"stop": 9}, IMAGE, "Write a number from -8 to 8.", {"stop": 8}),
    ("pad", {"padding": [1, 2]}, IMAGE, "the input takes 4", {"padding": [1, 2, 0, 0]}),
    ("pad", {"padding": 1, "mode": "reflect", "value": 1}, IMAGE, "Leave value out", {"value": 0}),
    ("pad", {"padding": -1, "mode": "reflect"}, IMAGE, "Crop with mode: constant", {"mode": "constant"}),
    ("pad", {"padding": 9, "mode": "reflect"}, IMAGE, "Write at most 8, or mode: replicate.", {"padding": 8}),
    (
        "pad",
        {"padding": -5},
        IMAGE,
        "padding [-5, -5] leaves nothing of the 9 elements along axis 1",
        {"padding": -4},
    ),
    ("upsample", {}, IMAGE, "Write upsample: 2", {"scale_factor": 2}),
    ("upsample", {"scale_factor": 2, "size": 3}, IMAGE, "both", {"size": None}),
    ("upsample", {"scale_factor": 0.1}, IMAGE, "scale_factor 0.1 leaves nothing", {"scale_factor": 0.2}),
    ("upsample", {"scale_factor": 2, "mode": "linear"}, IMAGE, "Write mode: bilinear.", {"mode": "bilinear"}),
    (
        "upsample",
        {"scale_factor": 2, "align_corners": True},
        IMAGE,
        "Leave align_corners out.",
        {"align_corners": None},
    ),
    ("resize", {}, IMAGE, "neither size nor like", {"size": 3}),
    ("resize", {"size": 3, "like": "stem"}, IMAGE, "both size and like", {"like": None}),
    ("resize", {"size": 3, "antialias": True}, IMAGE, "Write mode: bilinear.", {"mode": "bilinear"}),
    (
        "pixel_shuffle",
        {"upscale_factor": 3},
        IMAGE,
        "a multiple of 9 for out_channels",
        {"upscale_factor": 2},
    ),
    ("pixel_unshuffle", {"downscale_factor": 2}, IMAGE, "Write a divisor of 9", {"downscale_factor": 3}),
    ("channel_shuffle", {"groups": 3}, IMAGE, "Write a divisor of 8: 1, 2, 4, 8.", {"groups": 2}),
    ("channel_shuffle", {"groups": 2}, FEATURES, "features alone", None),
    ("dropout_channels", {}, FEATURES, "it takes signals [C, L] or images [C, H, W]", None),
    ("bn", {}, Shape((2, 2, 2, 2, 2)), "the input is 2×2×2×2×2 (5 axes)", None),
]


@pytest.mark.parametrize(("kind", "args", "x", "words", "remedy"), CASES, ids=lambda value: str(value)[:24])
def test_the_message_has_the_numbers_and_the_hint_works(kind, args, x, words, remedy):
    no = rejected(kind, args, x)
    assert words in f"{no.message} {no.hint}"
    if remedy is not None:
        layer = KINDS[kind](**{**args, **remedy})
        assert checked(layer, x)


def test_merges_name_the_branch_the_axis_and_the_difference():
    no = rejected("add", {}, IMAGE, Shape((8, 9, 7)))
    assert no.message == "branch 1 is 8×9×9, branch 2 is 8×9×7: the sizes along axis 2 differ, 9 and 7, by 2"
    assert no.hint.endswith("or a last layer resize: [9, 9].")
    assert no.otherwise == Shape((8, 9, None))
    assert KINDS["resize"](size=[9, 9]).infer(Shape((8, 9, 7))) == IMAGE


def test_a_merge_of_other_channels_suggests_a_layer_that_makes_them():
    no = rejected("add", {}, IMAGE, Shape((4, 9, 9)))
    assert no.hint == "Give branch 2 a last layer conv: {out_channels: 8, kernel_size: 1}."
    assert KINDS["conv"](out_channels=8, kernel_size=1).infer(Shape((4, 9, 9))) == IMAGE
    assert rejected("multiply", {}, FEATURES, Shape((4,))).hint == "Give branch 2 a last layer linear: 8."


def test_tokens_that_differ_in_number_get_the_number():
    no = rejected("add", {}, Shape((5, 8), 1), Shape((4, 8), 1))
    assert no.hint == "Give branch 2 the size 5 along axis 0."


def test_branches_of_other_ranks_are_not_broadcast():
    assert rejected("multiply", {}, IMAGE, FEATURES).hint.startswith("End branch 1 with flatten")
    assert rejected("concat", {}, FEATURES, IMAGE).hint.startswith("End branch 2 with flatten")
    assert rejected("add", {}, SIGNAL, Shape((8, 5), 1)).code == "channel-axis"


def test_concat_says_which_axis_differs_and_keeps_the_channels():
    no = rejected("concat", {}, IMAGE, Shape((3, 8, 9)))
    assert (no.code, no.otherwise) == ("shape-mismatch", Shape((11, None, 9)))


def test_a_gate_is_broadcast_over_the_positions():
    broadcast = KINDS["multiply"]().infer_from
    assert broadcast((IMAGE, Shape((8, 1, 1)))) == IMAGE
    assert broadcast((Shape((1, 9, 9)), IMAGE)) == IMAGE
    assert broadcast((Shape((8, None, 1)), Shape((8, 1, 9)))) == Shape((8, None, 9))
    assert broadcast((Shape((8, None, 9)), IMAGE)) == IMAGE


def test_resize_like_another_shape_that_does_not_correspond():
    no = rejected("resize", {"like": "stem"}, IMAGE, SIGNAL)
    assert no.field == "like"
    assert no.message == "the input is 8×9×9, stem is 8×5: their spatial axes don't correspond"


def test_a_single_branch_passes_through_a_merge():
    assert KINDS["add"]().infer(IMAGE) == IMAGE


@pytest.mark.parametrize(
    ("kind", "args", "x", "expected"),
    [
        ("conv", {"out_channels": 2, "kernel_size": 5}, Shape((1, 28, 28)), ("⌊(28 + 2·0 − 1·(5−1) − 1)/1⌋ + 1 = 24",)),
        ("conv", {"out_channels": 2, "kernel_size": 2, "padding": "same"}, SIGNAL, ("⌊(5 + 0 + 1 − 1·(2−1) − 1)/1⌋ + 1 = 5",)),
        ("maxpool", {"kernel_size": 2, "ceil_mode": True}, SIGNAL, ("⌈(5 + 2·0 − 1·(2−1) − 1)/2⌉ + 1 = 3",)),
        ("maxpool", {"kernel_size": 1, "stride": 3, "ceil_mode": True}, SIGNAL, ("⌈(5 + 2·0 − 1·(1−1) − 1)/3⌉ + 1 − 1 = 2",)),
        ("conv_transpose", {"out_channels": 2, "kernel_size": 2, "stride": 2}, SIGNAL, ("(5 − 1)·2 − 2·0 + 1·(2−1) + 0 + 1 = 10",)),
        ("flatten", {}, IMAGE, ("8 × 9 × 9 = 648",)),
        ("flatten", {"start_axis": 2}, IMAGE, ()),
        ("pad", {"padding": [1, 2]}, SIGNAL, ("5 + 1 + 2 = 8",)),
        ("upsample", {"scale_factor": 2}, IMAGE, ("⌊9·2⌋ = 18",)),
        ("pixel_shuffle", {"upscale_factor": 2}, IMAGE, ("8/2² = 2 channels", "9·2 = 18")),
        ("pixel_unshuffle", {"downscale_factor": 3}, IMAGE, ("8·3² = 72 channels", "9/3 = 3")),
        ("relu", {}, IMAGE, ()),
    ],
)  # fmt: skip
def test_formulas_show_their_numbers(kind, args, x, expected):
    layer = KINDS[kind](**args)
    assert layer.formula(x, layer.infer(x)) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [({}, "8 + 4 = 12 channels"), ({"axis": 0}, "8 + 4 = 12 channels"), ({"axis": 1}, "9 + 7 = 16")],
)
def test_the_formula_of_a_concat_adds_its_branches_up(args, expected):
    inputs = (IMAGE, IMAGE.replace(args["axis"], 7) if args.get("axis") else Shape((4, 9, 9)))
    layer = KINDS["concat"](**args)
    assert layer.formula_from(inputs, layer.infer_from(inputs)) == (expected,)


@pytest.mark.parametrize(
    ("foreign", "kind"),
    [
        *(
            (name, "conv")
            for name in ("Conv1d", "nn.Conv2d", "torch.nn.Conv3d", "Convolution2D", "Conv2D", "conv2d")
        ),
        *((name, "linear") for name in ("Dense", "Linear", "FC", "fc", "Gemm", "fully_connected")),
        *((name, "bn") for name in ("BatchNorm2d", "BatchNormalization", "batchnorm", "batch_norm")),
        *((name, "maxpool") for name in ("MaxPooling2D", "MaxPool2d", "max_pool", "MaxPool")),
        ("GlobalAveragePooling2D", "global_avgpool"),
        ("AdaptiveAvgPool2d", "adaptive_avgpool"),
        ("Conv2DTranspose", "conv_transpose"),
        ("ConvTranspose2d", "conv_transpose"),
        ("DepthwiseConv2D", "depthwise"),
        ("nn.ReLU()", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("swish", "silu"),
        ("Dropout", "dropout"),
        ("Dropout2d", "dropout_channels"),
        ("SpatialDropout2D", "dropout_channels"),
        ("UpSampling2D", "upsample"),
        ("ZeroPadding2D", "pad"),
        ("ReflectionPad2d", "pad"),
        ("cat", "concat"),
        ("concatenate", "concat"),
        ("sum", "add"),
        ("mul", "multiply"),
        ("Softmax2d", "softmax"),
        ("DropPath", "stochastic_depth"),
        ("LSTM", None),
        ("", None),
    ],
)
def test_foreign_kinds_are_recognised(foreign, kind):
    assert kind_for(foreign) == kind


@pytest.mark.parametrize(
    ("kind", "foreign", "ours"),
    [
        ("conv", "filters", "out_channels"),
        ("conv", "kernel", "kernel_size"),
        ("conv", "strides", "stride"),
        ("conv", "useBias", "bias"),
        ("conv", "dilation_rate", "dilation"),
        ("maxpool", "pool_size", "kernel_size"),
        ("linear", "units", "out_features"),
        ("dropout", "rate", "p"),
        ("bn", "epsilon", "eps"),
        ("softmax", "dim", "axis"),
        ("permute", "dims", "axes"),
        ("flatten", "start_dim", "start_axis"),
        ("leaky_relu", "alpha", "negative_slope"),
        ("relu", "alpha", None),
        ("linear", "kernel", None),
    ],
)
def test_foreign_arguments_are_recognised_where_the_kind_has_such_a_one(kind, foreign, ours):
    assert argument_for(KINDS[kind].model_fields, foreign) == ours


def test_spellings_point_at_what_exists():
    assert set(KIND_SPELLINGS.values()) == {*KINDS, "layers"}
    fields = {name for kind in KINDS for name in KINDS[kind].model_fields}
    assert set(ARGUMENT_SPELLINGS) <= fields
    assert all(samples(kind, 1) for kind in MERGES)


@pytest.mark.parametrize(
    ("kind", "word", "named", "hint"),
    [
        ("conv", "activation", "LeakyReLU", "`- leaky_relu`"),
        ("conv", "act_fn", "unheard of", "`- relu`"),
        ("conv", "filters", "relu", ""),
        ("stem", "activation", "relu", ""),
    ],
)
def test_an_activation_as_an_argument_is_an_item_of_its_own(kind, word, named, hint):
    assert hint in activation_after(kind, word, named)
    assert bool(hint) == bool(activation_after(kind, word, named))


def test_an_activation_as_a_kind_is_the_activation_itself():
    assert "`- relu`" in activation_itself("Activation")
    assert "" == activation_itself("relu")


def test_an_elementwise_merge_says_by_how_much_sizes_differ():
    no = rejected("add", {}, Shape((8, 9, 9)), Shape((8, 7, 9)))
    assert "the sizes along axis 1 differ, 9 and 7, by 2" in no.message
    no = rejected("add", {}, Shape((8, 9, 9)), Shape((8, 7, 6)))
    assert "the sizes along axes 1 and 2 differ, 9×9 and 7×6" in no.message
