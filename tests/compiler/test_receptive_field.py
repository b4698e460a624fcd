"""Receptive fields that need no judge: those that there are none of, and what the search may cost."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.compiler.check import check_text
from cnnspec.compiler.receptive_field import receptive_fields
from tests.calls import calls

HEAD = "cnnspec: 1\ninput: [2, {size}, {size}]\nlayers:\n"


def test_branches_that_drift_apart_have_no_answer():
    items = [
        "concat: [[conv: {out_channels: 2, kernel_size: 2, stride: 2}], [slice: {stop: 18, axis: 1}, slice: {stop: 18, axis: 2}]]"
    ]
    result = cnnspec.check_text(HEAD.format(size=36) + "".join(f"  - {item}\n" for item in items))
    assert () == result.diagnostics
    assert receptive_fields(result.plan)[result.plan.nodes[-1]] is None


def test_with_several_inputs_there_is_no_telling():
    result = cnnspec.check_text("cnnspec: 1\ninput: {a: [1, 8, 8], b: [1, 8, 8]}\nlayers:\n  - add: [a, b]\n")
    assert [None] == list(receptive_fields(result.plan).values())


def test_too_many_phases_have_no_answer():
    items = ["upsample: 7", "avgpool: {kernel_size: 1, stride: 5}"] * 5
    result = cnnspec.check_text(HEAD.format(size=8) + "".join(f"  - {item}\n" for item in items))
    assert receptive_fields(result.plan)[result.plan.nodes[-1]] is None


def test_a_shuffle_by_more_than_can_be_looked_at_has_no_receptive_field():
    text = "cnnspec: 1\ninput: [10000000000, 1, 1]\nlayers: [pixel_shuffle: 100000, conv: {out_channels: 1, kernel_size: 1}]\n"
    plan = check_text(text).plan
    assert [None, None] == list(receptive_fields(plan).values())


def test_a_hole_in_one_branch_is_filled_by_the_other():
    items = "  - conv_transpose: {out_channels: 1, kernel_size: 1, stride: 2}\n"
    text = f"cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - add:\n    - [{items.strip()[2:]}]\n    - [upsample: 2, slice: {{stop: 15, axis: 1}}, slice: {{stop: 15, axis: 2}}]\n"
    plan = check_text(text).plan
    assert (1, 1) == receptive_fields(plan)[plan.nodes[-1]]


def test_phases_that_are_alike_are_one():
    """Nearest upsampling and a pool of the same width leave a plain stride behind."""
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [upsample: 4, avgpool: {kernel_size: 1, stride: 2}, avgpool: 2]\n"
    plan = check_text(text).plan
    assert [(1, 1), (1, 1), (1, 1)] == list(receptive_fields(plan).values())


def test_branches_with_too_many_phases_between_them_have_no_answer():
    one, other = (
        f"[upsample: 31, avgpool: {{kernel_size: 1, stride: {n}}}, upsample: {n}]" for n in (33, 32)
    )
    result = check_text(f"cnnspec: 1\ninput: [1, 1056]\nlayers:\n  - add: [{one}, {other}]\n")
    assert result.ok
    assert receptive_fields(result.plan)[result.plan.nodes[-1]] is None


def test_wide_windows_over_many_phases_have_none_and_cost_little():
    convs = "  - conv: {out_channels: 1, kernel_size: 2047, padding: 1023}\n" * 30
    plan = check_text(f"cnnspec: 1\ninput: [1, 8]\nlayers:\n  - upsample: 64\n  - upsample: 16\n{convs}").plan
    assert receptive_fields(plan)[plan.nodes[-1]] is None
    assert calls(lambda: receptive_fields(plan)) < 200_000


@pytest.mark.parametrize(
    ("items", "seen"),
    [
        (["flatten: {start_axis: 1}", "relu"], (3, 3)),
        (["flatten: {start_axis: 1}", "maxpool: {kernel_size: 3, stride: 1}"], None),
        (["flatten: {start_axis: 1}", "depthwise: 3"], None),
        (["flatten: {start_axis: 1}", "conv: {out_channels: 2, kernel_size: 1}"], None),
        (["flatten: {start_axis: 1}", "global_avgpool"], (8, 8)),
        (["flatten: {start_axis: 1}", "flatten", "linear: 2"], (8, 8)),
    ],
)
def test_along_an_axis_that_was_two_only_some_fields_are_known(items, seen):
    layers = ["conv: {out_channels: 2, kernel_size: 3, padding: 1}", *items]
    plan = check_text(HEAD.format(size=8) + "".join(f"  - {item}\n" for item in layers)).plan
    assert seen == receptive_fields(plan)[plan.nodes[-1]]
