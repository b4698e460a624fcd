"""What each kind keeps for its backward pass, and what it makes for the time, in numbers of one sample."""

from __future__ import annotations

import pytest

from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.layers.base import INPUTS, OUTPUT, Kept

X = Shape((4, 6, 6))
NOTHING = Kept()
CASES = [
    ("relu", {}, OUTPUT),
    ("sigmoid", {}, OUTPUT),
    ("softmax", {}, OUTPUT),
    ("relu6", {}, INPUTS),
    ("gelu", {}, INPUTS),
    ("glu", {}, INPUTS),
    ("softsign", {}, Kept(inputs=True, values=144)),
    ("rrelu", {}, Kept(inputs=True, values=144)),
    ("tanhshrink", {}, Kept(values=144)),
    ("conv", {"out_channels": 8, "kernel_size": 3, "padding": 1}, INPUTS),
    ("conv", {"out_channels": 8, "kernel_size": 2, "padding": "same"}, Kept(values=4 * 49)),
    (
        "conv",
        {"out_channels": 8, "kernel_size": 3, "padding": 1, "padding_mode": "reflect"},
        Kept(inputs=True, values=4 * 64),
    ),
    (
        "depthwise",
        {"kernel_size": 3, "padding": 1, "padding_mode": "circular"},
        Kept(values=4 * 64),
    ),
    ("conv_transpose", {"out_channels": 8, "kernel_size": 2}, INPUTS),
    ("bn", {}, Kept(inputs=True, statistics=8)),
    ("instancenorm", {"affine": True, "track_running_stats": True}, Kept(inputs=True, values=4 * 5)),
    ("groupnorm", {"num_groups": 2}, Kept(inputs=True, values=4)),
    ("layernorm", {}, Kept(inputs=True, values=2 * 36)),
    ("rmsnorm", {}, Kept(inputs=True, values=36)),
    ("lrn", {"size": 3}, Kept(inputs=True, values=6 * 36 + 2 * 144)),
    ("maxpool", {"kernel_size": 2}, Kept(inputs=True, bytes=8 * 36)),
    ("avgpool", {"kernel_size": 2}, INPUTS),
    ("lppool", {"kernel_size": 2}, Kept(inputs=True, values=144 + 4 * 36)),
    ("adaptive_avgpool", {"output_size": 2}, INPUTS),
    ("adaptive_avgpool", {"output_size": 1}, NOTHING),
    ("adaptive_maxpool", {"output_size": 2}, Kept(inputs=True, bytes=8 * 16)),
    ("global_avgpool", {}, NOTHING),
    ("global_maxpool", {}, Kept(inputs=True, bytes=8 * 4)),
    ("dropout", {}, Kept(bytes=144)),
    ("dropout", {"p": 0.0}, NOTHING),
    ("dropout", {"p": 1.0}, Kept(statistics=1)),
    ("dropout_channels", {}, Kept(values=4)),
    ("alpha_dropout", {}, Kept(values=144)),
    ("feature_alpha_dropout", {}, Kept(values=4)),
    ("stochastic_depth", {"p": 0.1}, Kept(values=1)),
    ("stochastic_depth", {"p": 0.1, "mode": "batch"}, Kept(statistics=1)),
    ("stochastic_depth", {"p": 0.0}, NOTHING),
    ("pad", {"padding": 1}, NOTHING),
    ("pad", {"padding": 1, "mode": "reflect"}, INPUTS),
    ("upsample", {"scale_factor": 2}, NOTHING),
    ("resize", {"size": 3, "mode": "area"}, INPUTS),
    ("scale", {}, INPUTS),
    ("concat", {}, NOTHING),
    ("add", {}, NOTHING),
]


@pytest.mark.parametrize(("kind", "arguments", "kept"), CASES)
def test_what_is_kept(kind, arguments, kept):
    layer = KINDS[kind](**arguments)
    assert kept == layer.keeps((X,), layer.infer_from((X,)))


def test_a_product_of_three_keeps_that_of_the_first_two():
    layer = KINDS["multiply"]()
    assert INPUTS == layer.keeps((X, X), X)
    assert Kept(inputs=True, values=144) == layer.keeps((X, X, X), X)


def test_an_even_kernel_that_keeps_the_size_makes_a_copy_first():
    layer = KINDS["conv"](out_channels=8, kernel_size=2, padding="same")
    assert (Kept(values=4 * 49), NOTHING) == (layer.scratch((X,), X), KINDS["relu"]().scratch((X,), X))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [("flatten", {}), ("identity", {}), ("permute", {"axes": (1, 2, 0)}), ("slice", {"stop": 2})],
)
def test_a_view_takes_no_memory(kind, arguments):
    assert KINDS[kind](**arguments).is_view(X, training=True)


def test_unflattened_features_are_a_view():
    layer = KINDS["unflatten"](axis=0, unflattened_size=(2, 2))
    assert layer.is_view(X, training=True)


def test_dropout_is_a_view_where_it_does_nothing():
    layer = KINDS["dropout"](p=0.5)
    assert (True, False) == (layer.is_view(X, training=False), layer.is_view(X, training=True))
    assert KINDS["dropout"](p=0.0).is_view(X, training=True)
