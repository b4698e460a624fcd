"""The lines that derive a node's numbers."""

from __future__ import annotations

import re
from math import prod

import pytest

import cnnspec
from cnnspec.compiler.receptive_field import receptive_fields
from cnnspec.render.derivation import derivations

HEAD = "cnnspec: 1\ninput: [3, 32, 32]\nlayers:\n"


def lines(*items: str) -> list[list[str]]:
    """Of each node of the items, in order."""
    result = cnnspec.check_text(HEAD + "".join(f"  - {item}\n" for item in items))
    assert result.ok
    return [list(found) for found in derivations(result.plan).values()]


def test_a_convolution_derives_its_size_parameters_macs_and_view():
    assert [
        [
            "size: ⌊(32 + 2·0 − 1·(5−1) − 1)/2⌋ + 1 = 14",
            "parameters: 6·3·5·5 (weight) + 6 (bias) = 456",
            "MACs: 6·14·14 outputs × 5·5·3 = 88,200",
            "sees: 1 + (5 − 1)·1·1 = 5",
        ],
        ["size: ⌊(14 + 2·0 − 1·(2−1) − 1)/2⌋ + 1 = 7", "sees: 5 + (2 − 1)·1·2 = 7"],
    ] == lines("conv: {out_channels: 6, kernel_size: 5, stride: 2}", "maxpool: 2")


def test_a_linear_layer_sees_all_of_the_input_and_says_so():
    _, linear = lines("flatten", "linear: 10")
    assert [
        "parameters: 10·3072 (weight) + 10 (bias) = 30,730",
        "MACs: 10 outputs × 3072 = 30,720",
        "sees: all of the input, 32",
    ] == linear


def test_what_slides_along_one_axis_alone_has_a_line_for_each():
    (found,) = lines("conv: {out_channels: 4, kernel_size: [3, 1], dilation: [2, 1]}")
    assert ["sees: 1 + (3 − 1)·2·1 = 5", "sees: 1 + (1 − 1)·1·1 = 1"] == found[-2:]


def test_a_transposed_convolution_counts_its_inputs():
    (found,) = lines("conv_transpose: {out_channels: 4, kernel_size: 2, stride: 2}")
    assert "MACs: 3·32·32 inputs × 2·2·4 = 49,152" in found


def test_after_upsampling_a_window_has_no_simple_sum_and_the_view_stands_alone():
    *_, found = lines("upsample: 2", "conv: {out_channels: 4, kernel_size: 3}")
    assert "sees: 2" == found[-1]


def test_a_merge_sees_what_its_branches_see_together():
    *_, found = lines("add: [[], [conv: {out_channels: 3, kernel_size: [3, 5], padding: [1, 2]}]]")
    assert ["sees: 3×5, what its inputs see together"] == found


def test_a_parameter_without_a_name_of_its_own_is_called_by_its_kind():
    (found,) = lines("{scale, name: gamma}")
    assert ["parameters: 3·1·1 (scale) = 3", "sees: 1, as its input"] == found


def test_where_there_is_no_telling_what_is_seen_nothing_is_said_of_it():
    result = cnnspec.check_text("cnnspec: 1\ninput: {a: [1, 8], b: [1, 8]}\nlayers:\n  - add: [a, b]\n")
    assert [()] == list(derivations(result.plan).values())


def test_of_a_layer_that_is_not_known_nothing_is_said():
    result = cnnspec.check_text(HEAD + "  - conv: {out_channels: 4, kernel_size: 99}\n  - relu\n")
    assert [(), ()] == list(derivations(result.plan).values())


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "unet_small", "googlenet", "convnext_tiny"])
def test_every_sum_and_product_is_right(name):
    """Each side of a line is computed again from its text, and is the plan's number."""
    plan = cnnspec.check(name).require_plan()
    fields = receptive_fields(plan)
    for node, found in derivations(plan).items():
        for line in found:
            what, _, text = line.partition(": ")
            if " = " in text and what != "size":
                left, right = text.rsplit(" = ", 1)
                value = int(right.replace(",", ""))
                assert value == evaluated(left), line
                expected = {"parameters": node.params, "MACs": node.macs, "sees": fields[node]}[what]
                assert value == expected or value in expected, line


def evaluated(text: str) -> int:
    """A sum of products, words aside."""
    text = re.sub(r"\(\w+\)|[a-z]+", "", text).replace("−", "-").replace("×", "·")
    terms = re.sub(r"\((\d+) - 1\)", lambda found: str(int(found[1]) - 1), text).split("+")
    return sum(prod(int(factor) for factor in term.split("·")) for term in terms)
