"""Every kind keeps the contract of layers/base.py: documented, torch's defaults, calm about unknowns."""

from __future__ import annotations

import inspect
import re
from random import Random
from typing import Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from cnnspec.core.emit import Function, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import Expect
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.merges import Merge
from tests.layers.needed import IMAGE, NEEDED, sample_layer, written_input
from tests.layers.samples import samples
from tests.layers.verdict import judged


@pytest.mark.parametrize("kind", KINDS)
def test_the_docstring_says_what_formula_when_and_against(kind):
    prose = re.sub(r"\n\n```yaml\n.*?\n```", "", inspect.cleandoc(KINDS[kind].__doc__), flags=re.DOTALL)
    paragraphs = prose.split("\n\n")
    assert [p.split(":")[0] for p in paragraphs[1:]] == ["Formula", "When", "Against"]
    assert all(len(p) > 12 for p in paragraphs)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described_in_words_and_in_type(kind):
    cls = KINDS[kind]
    for name, field in cls.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", ")")), name
        assert has_words(field), name
    assert cls.main is None or cls.main in cls.model_fields
    assert all(name in cls.model_fields for name in cls.references)


def has_words(field: FieldInfo) -> bool:
    """An Expect beside the type, or choices that speak for themselves."""
    literal = get_origin(field.annotation) is Literal or any(
        get_origin(part) is Literal for part in get_args(field.annotation)
    )
    return literal or any(isinstance(extra, Expect) for extra in field.metadata)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_out_is_not_printed(kind):
    emit = sample_layer(kind).emit(written_input(kind))
    printed = set(emit.kwargs) if isinstance(emit, Module | Function) else set()
    needed = {"size"} if kind == "resize" else {"scale_factor"} if kind == "upsample" else set()
    assert printed - {"dim", "groups"} == (needed or printed & set(NEEDED.get(kind, {})))


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_sizes_pass_through_and_known_ones_stay_true(kind):
    rng = Random(kind)
    for sample in samples(kind, 120):
        layer, ours = judged(kind, sample)
        if not isinstance(ours, Shape):
            continue
        masked = tuple(hide(x, rng) for x in sample[1])
        y = layer.infer_from(masked)
        assert (len(y.sizes), y.channel_axis) == (len(ours.sizes), ours.channel_axis)
        told = [(a, b) for a, b in zip(y.sizes, ours.sizes, strict=True) if a is not None]
        assert all(a == b for a, b in told), (sample, masked)


def hide(x: Shape, rng: Random) -> Shape:
    return Shape(tuple(None if rng.random() < 0.5 else size for size in x.sizes), x.channel_axis)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_input_is_no_new_mistake(kind):
    """What is refused without any size known is refused with all of them known too."""
    for sample in samples(kind, 120):
        args, inputs = sample
        _, ours = judged(kind, sample)
        blank = tuple(Shape((None,) * len(x.sizes), x.channel_axis) for x in inputs)
        _, unknown = judged(kind, (args, blank))
        assert isinstance(unknown, Shape) or not isinstance(ours, Shape), sample


@pytest.mark.parametrize("kind", KINDS)
def test_a_rejection_has_a_hint_and_says_what_is_still_known(kind):
    for sample in samples(kind, 200):
        layer, no = rejection(kind, sample)
        if no is None:
            continue
        assert no.hint.endswith(".") or no.code == "wrong-rank", no.message
        assert no.field is None or no.field in type(layer).model_fields
        sizes = no.otherwise.sizes if no.otherwise else ()
        assert all(size is None or size >= 1 for size in sizes)


def rejection(kind, sample):
    try:
        layer = KINDS[kind](**sample[0])
    except ValueError:
        return None, None
    try:
        layer.consistent()
        layer.infer_from(sample[1])
    except Reject as no:
        return layer, no
    return layer, None


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_is_one_line_an_axis_at_most(kind):
    for sample in samples(kind, 40):
        layer, ours = judged(kind, sample)
        if isinstance(ours, Shape):
            lines = layer.formula_from(sample[1], ours)
            assert len(lines) <= max(len(ours.sizes), 1)
            assert all("=" in line for line in lines)


@pytest.mark.parametrize(
    ("kind", "x", "argument", "value"),
    [
        ("conv", IMAGE, "in_channels", 4),
        ("depthwise", IMAGE, "in_channels", 4),
        ("conv_transpose", IMAGE, "in_channels", 4),
        ("linear", Shape((5, 3), 1), "in_features", 3),
        ("bn", IMAGE, "num_features", 4),
        ("instancenorm", IMAGE, "num_features", 4),
        ("groupnorm", IMAGE, "num_channels", 4),
        ("layernorm", Shape((5, 3), 1), "normalized_shape", 3),
        ("layernorm", Shape((None, 3)), "normalized_shape", None),
        ("rmsnorm", IMAGE, "normalized_shape", 4),
        ("relu", IMAGE, None, 4),
    ],
)
def test_what_the_input_decides_is_inferred(kind, x, argument, value):
    layer = sample_layer(kind)
    assert (layer.inferred_argument, layer.inferred(x)) == (argument, value)


def test_a_norm_over_several_axes_infers_their_sizes():
    layer = KINDS["layernorm"](axis=[-1, 0], normalized_shape=[4, 6])
    assert layer.inferred(Shape((4, 5, 6))) == (4, 6)


def test_merges_are_the_kinds_with_branches():
    assert {kind for kind in KINDS if issubclass(KINDS[kind], Merge)} == set(MERGES)


def test_arguments_are_strict():
    conv = KINDS["conv"]
    for wrong in (True, "3", 3.0, [3, "3"], [], None, 0):
        with pytest.raises(ValueError, match="kernel_size"):
            conv(out_channels=1, kernel_size=wrong)
    assert conv(out_channels=1, kernel_size=[3, 1]).kernel_size == (3, 1)


def test_a_whole_factor_is_printed_as_it_was_written():
    assert KINDS["upsample"](scale_factor=2).emit(IMAGE).kwargs == {"scale_factor": 2}
    assert isinstance(KINDS["upsample"](scale_factor=2).scale_factor, int)


def test_every_argument_has_words_for_what_it_must_be():
    """A field without an `Expect` is a Literal, whose values are the words."""
    for kind in KINDS:
        model = KINDS[kind]
        for name, field in model.model_fields.items():
            words = [part for part in field.metadata if isinstance(part, Expect)]
            assert words or get_origin(field.annotation) is Literal, (kind, name)


def test_a_kind_that_says_nothing_of_it_holds_no_weights_and_costs_nothing():
    relu = KINDS["relu"]()
    assert ({}, {}, 0) == (relu.weights(IMAGE), relu.buffers(IMAGE), relu.products(IMAGE, IMAGE).total)


def test_a_window_along_one_axis_is_a_number_where_torch_takes_no_list():
    assert (2.0, 3) == KINDS["lppool"](kernel_size=[3]).emit(Shape((4, 8))).args


def test_a_part_of_a_spatial_axis_is_cut_by_a_helper_which_suits_any_size():
    emit = KINDS["slice"](part=1, of=2, axis=1).emit(IMAGE)
    assert ("helper:Part", (1, 2, 2)) == (emit.target, emit.args)
