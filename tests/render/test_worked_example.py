"""Worked examples: of each kind one is computed by the compiler, and small ones are drawn."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text
from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.render.declaration import examples
from cnnspec.render.explain import explain
from cnnspec.render.window_drawing import drawings
from cnnspec.render.worked_example import commented, is_worked, worked_items


def drawn(kind: str, x: tuple[int, ...], **arguments: object) -> list[str]:
    """The lines of all drawings of a layer over an input of this shape."""
    layer, shape = KINDS[kind](**arguments), Shape(x)
    return [line for drawing in drawings(layer, shape, layer.infer(shape)) for line in drawing]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_with_itself_in_it_and_its_numbers(kind):
    for text in examples(kind):
        assert is_worked(text)
        items = worked_items(text)
        assert any(kind in item.written for item in items)
        assert all(" → " in item.numbers[0] for item in items)


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_with_its_numbers_is_the_same_spec(kind):
    for text in examples(kind):
        entry, _, items = text.partition("\n")
        _, _, with_numbers = commented(text).partition("\n")
        head = f"cnnspec: 1\n{entry.removeprefix('# ')}\nlayers:\n"
        plain, numbered = (check_text(head + layers).require_plan() for layers in (items, with_numbers))
        assert [(node.path, node.shape, node.layer) for node in plain.nodes] == [
            (node.path, node.shape, node.layer) for node in numbered.nodes
        ]


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_fits_the_terminal(kind, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert [] == [line for line in explain(kind).split("\n") if len(line) > columns]


def test_the_numbers_follow_from_the_item():
    (item,) = worked_items("# input: [3, 8, 8]\n- conv: {out_channels: 2, kernel_size: 3}  # a remark")
    assert "- conv: {out_channels: 2, kernel_size: 3}" == item.written
    assert "a remark" == item.remark
    assert (
        "3×8×8 → 2×6×6",
        "size: ⌊(8 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 6",
        "parameters: 2·3·3·3 (weight) + 2 (bias) = 56",
        "MACs: 2·6·6 outputs × 3·3·3 = 1,944",
        "sees: 1 + (3 − 1)·1·1 = 3",
    ) == item.numbers


def test_several_layers_of_an_item_are_told_by_their_kinds():
    (item,) = worked_items("# input: [3, 8]\n- concat:\n    - [relu]\n    - []")
    assert ("relu: 3×8 → 3×8, no parameters", "concat: 3×8, 3×8 → 6×8, no parameters") == item.numbers[:2]
    assert "size: 3 + 3 = 6 channels" in item.numbers


def test_a_stride_moves_the_window():
    assert [
        "   input  0 1 2 3 4 5 6",
        "output 0  ■ ■ ■ · · · ·",
        "output 1  · · ■ ■ ■ · ·",
        "output 2  · · · · ■ ■ ■",
    ] == drawn("conv", (1, 7), out_channels=1, kernel_size=3, stride=2)


def test_a_dilation_has_holes():
    assert "output 0  ■ · ■ · ■ · ·" == drawn("conv", (1, 7), out_channels=1, kernel_size=3, dilation=2)[1]


def test_padding_is_drawn_beyond_the_ends():
    lines = drawn("maxpool", (1, 4), kernel_size=2, padding=1)
    assert ["   input  p 0 1 2 3 p", "output 0  ■ ■ · · · ·", "(p: padding)"] == [*lines[:2], lines[-1]]


def test_groups_see_their_own_channels():
    lines = drawn("conv", (4, 5), out_channels=4, kernel_size=1, groups=2)
    assert ["channel in  0 1 2 3", "     out 0  ■ ■ · ·", "     out 3  · · ■ ■"] == [
        lines[0],
        lines[1],
        lines[4],
    ]


def test_a_depthwise_convolution_sees_one_channel_each():
    assert ["     out 0  ■ · ·", "     out 5  · · ■"] == [
        line
        for line in drawn("depthwise", (3, 5), kernel_size=1, multiplier=2)
        if "out 0" in line or "out 5" in line
    ]


@pytest.mark.parametrize(
    ("kind", "x", "arguments", "rows"),
    [
        ("conv_transpose", (1, 2), {"out_channels": 1, "kernel_size": 3, "stride": 2}, ["■ ·", "■ ·", "■ ■", "· ■", "· ■"]),
        ("conv_transpose", (1, 2), {"out_channels": 1, "kernel_size": 1, "stride": 2}, ["■ ·", "· ·", "· ■"]),
        ("upsample", (1, 2), {"scale_factor": 2}, ["■ ·", "■ ·", "· ■", "· ■"]),
        ("global_avgpool", (1, 3), {}, ["■ ■ ■"]),
    ],
)  # fmt: skip
def test_what_slides_otherwise_is_drawn_as_well(kind, x, arguments, rows):
    assert rows == [line.split("  ")[1] for line in drawn(kind, x, **arguments)[1:]]


@pytest.mark.parametrize(
    ("kind", "x", "arguments"),
    [
        ("relu", (4, 7), {}),
        ("conv", (4, 7, 7), {"out_channels": 4, "kernel_size": 3}),
        ("conv", (4, 20), {"out_channels": 4, "kernel_size": 3}),
        ("conv", (64, 7, 7), {"out_channels": 64, "kernel_size": 3, "groups": 2}),
        ("adaptive_avgpool", (1, 7), {"output_size": 3}),
        ("flatten", (4, 7), {}),
        ("conv", (1, 7), {"out_channels": 1, "kernel_size": 1}),
    ],
)
def test_what_is_large_or_reads_its_own_place_alone_is_not_drawn(kind, x, arguments):
    assert [] == drawn(kind, x, **arguments)
