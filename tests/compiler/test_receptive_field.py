"""Receptive fields that need no judge: those that there are none of, and what the search may cost."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.compiler.check import check_text
from cnnspec.compiler.pixel_reads import Unread, unread
from cnnspec.compiler.receptive_field import gaps, receptive_fields, seen_inputs
from cnnspec.core.sliding_window import Reach, Taps
from tests.calls import calls

HEAD = "cnnspec: 1\ninput: [2, {size}, {size}]\nlayers:\n"


def test_branches_that_drift_apart_are_counted_at_the_plans_size():
    items = [
        "concat: [[conv: {out_channels: 2, kernel_size: 2, stride: 2}], [slice: {stop: 18, axis: 1}, slice: {stop: 18, axis: 2}]]"
    ]
    result = cnnspec.check_text(HEAD.format(size=36) + "".join(f"  - {item}\n" for item in items))
    assert () == result.diagnostics
    assert (19, 19) == receptive_fields(result.plan)[result.plan.nodes[-1]]


def test_with_several_inputs_there_is_no_telling():
    result = cnnspec.check_text("cnnspec: 1\ninput: {a: [1, 8, 8], b: [1, 8, 8]}\nlayers:\n  - add: [a, b]\n")
    assert [None] == list(receptive_fields(result.plan).values())


def test_what_has_too_many_phases_is_counted_at_the_plans_size():
    items = ["upsample: 7", "avgpool: {kernel_size: 1, stride: 5}"] * 5
    result = cnnspec.check_text(HEAD.format(size=8) + "".join(f"  - {item}\n" for item in items))
    assert (1, 1) == receptive_fields(result.plan)[result.plan.nodes[-1]]


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


def plan_of(size: str, *items: str):
    return check_text(
        f"cnnspec: 1\ninput: {size}\nlayers:\n" + "".join(f"  - {item}\n" for item in items)
    ).plan


CONV = "conv: {out_channels: 2, kernel_size: 3, %s}"


def test_equal_dilations_leave_gaps():
    plan = plan_of("[1, 40, 40]", *[CONV % "dilation: 2"] * 3)
    assert [(2, 2), (4, 4), (6, 6)] == [gaps(plan)[node] for node in plan.nodes]
    assert (13, 13) == receptive_fields(plan)[plan.nodes[-1]]
    assert (Reach(1, (Taps(0, 0b1010101010101),)),) * 2 == seen_inputs(plan)[plan.nodes[-1]]


def test_growing_dilations_leave_none():
    plan = plan_of("[1, 40, 40]", *[CONV % f"dilation: {d}" for d in (1, 2, 4)])
    assert (0, 0) == gaps(plan)[plan.nodes[-1]]


def test_after_a_global_pool_there_are_no_gaps_and_no_sets():
    plan = plan_of("[1, 8]", "global_avgpool")
    assert ((None,), (0,)) == (seen_inputs(plan)[plan.nodes[0]], gaps(plan)[plan.nodes[0]])


@pytest.mark.parametrize(
    ("size", "items", "lost"),
    [
        ("[1, 8, 9]", [CONV % "stride: 2"], (Unread(0, 1, 0), Unread(0, 0, 0))),
        ("[1, 8]", ["conv: {out_channels: 1, kernel_size: 1, stride: 2}"], (Unread(0, 1, 3),)),
        ("[1, 8]", ["add: [[conv: {out_channels: 1, kernel_size: 1, stride: 2}], [avgpool: 2]]"], (Unread(0, 0, 0),)),
        ("[1, 8]", ["pad: -2"], (Unread(2, 2, 0),)),
        ("[2, 8]", ["conv: {out_channels: 2, kernel_size: 3, padding: 1}"] * 2, (Unread(0, 0, 0),)),
        ("[1, 9]", ["pad: -1", "flatten", "linear: 2"], (Unread(1, 1, 0),)),
        ("[1, 9]", ["concat: {of: [[slice: {start: 7, axis: 1}], [slice: {stop: 2, axis: 1}]], axis: 1}"], (Unread(0, 0, 5),)),
        ("[1, 7]", ["adaptive_avgpool: 3"], (Unread(0, 0, 0),)),
        ("[1, 4, 4]", ["flatten: {start_axis: 1}", "relu"], (Unread(0, 0, 0),) * 2),
        ("[1, 4, 4]", ["flatten: {start_axis: 1}", "slice: {start: 1, axis: 1}"], None),
        ("[1, 4, 4]", ["permute: [0, 2, 1]"], None),
        ("[1, 5000]", ["relu"], None),
    ],
)  # fmt: skip
def test_what_no_output_reads_is_counted(size, items, lost):
    assert {"input": lost} == unread(plan_of(size, *items))


def test_an_input_that_no_layer_takes_is_not_read():
    text = "cnnspec: 1\ninput: {a: [1, 4], b: [1, 4]}\nlayers:\n  - {relu, from: a}\n"
    assert {"a": (Unread(0, 0, 0),), "b": (Unread(4, 0, 0),)} == unread(check_text(text).plan)
    assert 4 == Unread(4, 0, 0).total


def test_what_a_broken_network_leaves_unread_is_not_told():
    broken = check_text("cnnspec: 1\ninput: {a: [1, 8], b: [x]}\nlayers:\n  - {conv: {out_channels: 1, kernel_size: 9}, from: a}\n").plan  # fmt: skip
    assert {"a": None, "b": ()} == unread(broken)
    assert {"input": None} == unread(plan_of("[1, H]", "relu"))


def test_what_is_read_twice_is_read_once_if_one_reader_can_not_be_followed():
    plan = plan_of(
        "[1, 4, 4]", "{relu, name: dead}", "add: [[{permute: [0, 2, 1], from: input}], [{relu, from: input}]]"
    )
    assert {"input": None} == unread(plan)


@pytest.mark.parametrize(
    ("size", "items", "seen"),
    [
        ("[1, 9]", ["adaptive_avgpool: 4", "flatten", "relu"], (3,)),
        ("[1, 9]", ["adaptive_avgpool: 4", "flatten", "linear: 2"], (9,)),
        ("[1, 9]", ["slice: {stop: 7, axis: 1}", "flatten", "linear: 4", "unflatten: {axis: 0, unflattened_size: [2, 2]}", "relu"], (7,)),
        ("[1, 9]", ["adaptive_avgpool: 4", "flatten", "unflatten: {axis: 0, unflattened_size: [2, 2]}"], None),
        ("[1, 9, 9]", ["adaptive_avgpool: 4", "flatten: {start_axis: 1}"], None),
        ("[1, 9, 9]", ["adaptive_avgpool: 4", "permute: [0, 2, 1]"], None),
        ("[1, 9]", ["adaptive_avgpool: 4", "conv: {out_channels: 1, kernel_size: 2}", "softmax: {axis: 1}"], (9,)),
        ("[1, 9, 9]", ["slice: {stop: 7, axis: 1}", "global_avgpool", "softmax: {axis: 1}"], None),
        ("[1, 6]", ["conv_transpose: {out_channels: 1, kernel_size: 1, stride: 2}", "add: [[slice: {start: 1, stop: 2, axis: 1}], []]"], (1,)),
        ("[2, 8]", ["maxpool: {kernel_size: 2, stride: 2}"] * 3 + ["conv: {out_channels: 1, kernel_size: 1000001, padding: 500000}"], None),
    ],
)  # fmt: skip
def test_what_no_law_tells_is_counted(size, items, seen):
    plan = plan_of(size, *items)
    assert seen == receptive_fields(plan)[plan.nodes[-1]]


def test_what_is_wider_than_a_million_is_not_told():
    plan = plan_of("[1, 8]", *["upsample: 2", "conv: {out_channels: 1, kernel_size: 3, padding: 1}"], *["avgpool: {kernel_size: 1, stride: 65536}"] * 2, "conv: {out_channels: 1, kernel_size: 3, padding: 1}")  # fmt: skip
    assert (3,) >= (receptive_fields(plan)[plan.nodes[-1]] or (0,))


def test_after_every_position_all_axes_are_seen():
    plan = plan_of("[2, 8, 8]", "global_avgpool", "flatten", "unflatten: {axis: 0, unflattened_size: [1, 2]}", "softmax: {axis: 1}", "groupnorm: 1")  # fmt: skip
    assert (8, 8) == receptive_fields(plan)[plan.nodes[-1]]


def test_what_a_layer_sees_that_refuses_its_input_is_not_known():
    text = "layers:\n  - adaptive_avgpool: 5\n  - layernorm: {axis: 7}\n  - conv: {out_channels: 4, kernel_size: 90, padding_mode: reflect, padding: 60}\n"
    plan = check_text(f"cnnspec: 1\ninput: [3, 8, 8]\n{text}").plan
    assert plan is not None
    pool, *others = receptive_fields(plan).values()
    assert pool is not None
    assert [None, None] == others
