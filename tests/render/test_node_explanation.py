"""`cnnspec explain SPEC NODE`: a node's numbers are derived from the input on, each step with what it takes."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text
from cnnspec.library.specs import shipped_results
from cnnspec.render.node_explanation import explain_node
from cnnspec.render.node_names import FoundValue, find_value, near_nodes

BRANCHED = """cnnspec: 1
name: net
input: [3, 16, 16]
layers:
  - {conv: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1}, name: stem}
  - {add: [[conv: {out_channels: 8, kernel_size: 3, padding: 1}, relu], []], name: body, repeat: 4}
  - {layers: [global_avgpool, flatten, linear: 10], name: head}
"""
BROKEN = """cnnspec: 1
input: [3, 8, 8]
layers:
  - {conv: {out_channels: 8, kernel_size: 3}, name: a}
  - {conv: {out_channels: 8, kernel_size: 9}, name: b}
  - {relu, name: c}
"""
TWO_INPUTS = """cnnspec: 1
input: {image: [3, 8, 8], mask: [1, 8, 8]}
layers:
  - {concat: [image, mask], name: both}
  - {conv: {out_channels: 2, kernel_size: 1}, name: scores}
output: {out: scores, raw: image}
"""


def plan_of(text: str):
    return check_text(text).plan


def told(text: str, name: str) -> list[list[str]]:
    """The blocks of the explanation: title, steps, total, legend."""
    plan = plan_of(text)
    return [block.split("\n") for block in explain_node(plan, find_value(plan, name)).split("\n\n")]


@pytest.fixture(autouse=True)
def width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def test_a_step_derives_shape_parameters_cost_and_view():
    title, entry, step, total, *_ = told(BRANCHED, "stem")
    assert ["conv stem of net: 8×8×8"] == title
    assert ["1. input: 3×16×16"] == entry
    assert [
        "2. stem, conv: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1}",
        "   3×16×16 → 8×8×8",
        "   size: ⌊(16 + 2·1 − 1·(3−1) − 1)/2⌋ + 1 = 8",
        "   parameters: 8·3·3·3 (weight) + 8 (bias) = 224",
        "   MACs: 8·8·8 outputs × 3·3·3 = 13,824",
        "   sees: 1 + (3 − 1)·1·1 = 3",
    ] == step
    assert total[0].startswith("Together: 1 layer, 224 parameters and 13,824 MACs, of ")


def test_a_layer_that_changes_nothing_takes_a_line_and_a_main_argument_stands_alone():
    steps = told(BRANCHED, "body.0.1")
    assert ["4. body.0.1, relu: the shape stays 8×8×8"] in steps
    assert "linear: 10" in told(BRANCHED, "head")[-3][0]


def test_a_merge_says_which_steps_it_takes():
    heads = [block[0] for block in told(BRANCHED, "body.0")]
    assert "5. body.0, add, of steps 4 and 2" in heads


def test_rounds_that_are_alike_are_told_once():
    blocks = told(BRANCHED, "body")
    assert ["6–14. steps 3 to 5, 3 more times: body.1.0 to body.3"] == blocks[6][:1]
    assert "at the end sees" in blocks[6][1]
    assert blocks[7][0].startswith("Together: 13 layers")


def test_a_single_layer_in_a_row_is_folded_as_well():
    text = (
        "cnnspec: 1\ninput: [3, 8]\nlayers: [{conv: {out_channels: 3, kernel_size: 1}, repeat: 4, name: c}]\n"
    )
    assert "3–5. step 2, 3 more times: c.1 to c.3" in [block[0] for block in told(text, "c")]


def test_only_what_leads_to_the_node_is_told():
    steps = [block[0] for block in told(TWO_INPUTS, "scores")]
    assert ["1. image: 3×8×8", "2. mask: 1×8×8", "3. both, concat, of steps 1 and 2"] == steps[1:4]
    assert [["image of spec: 3×8×8"], ["1. image: 3×8×8"]] == told(TWO_INPUTS, "image")


def test_a_concat_adds_its_channels_up():
    assert "   size: 3 + 1 = 4 channels" in told(TWO_INPUTS, "both")[3]


def test_what_is_wrong_is_explained_up_to_where_it_is_known():
    blocks = told(BROKEN, "c")
    assert "   sees: 1 + (3 − 1)·1·1 = 3" in blocks[2]
    assert ["3. b, conv: {out_channels: 8, kernel_size: 9}", "   8×6×6 → 8×?×?"] == blocks[3]
    assert ["Here the shapes are no longer known: what is wrong is told below."] == blocks[5]
    assert "Together: 1 layer" in told(BROKEN, "a")[3][0]


def test_a_layer_whose_arguments_are_not_known_is_told_by_its_kind():
    text = "cnnspec: 1\ninput: [3, 8]\nlayers: [{linear: {out_features: many}, name: l}]\n"
    assert "2. l, linear" in [block[0] for block in told(text, "l")]


def test_letters_are_explained_where_they_occur():
    legend = told(BRANCHED, "stem")[-1]
    assert ["size", "parameters", "MACs", "sees"] == [
        line.split(":")[0] for line in legend if not line.startswith(" ")
    ]
    assert "Together" in told("cnnspec: 1\ninput: [3, 8]\nlayers: [{tanh, name: t}]\n", "t")[3][0]


@pytest.mark.parametrize("columns", [40, 80])
def test_an_explanation_fits_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for _, result in shipped_results("resnet50"):
        plan = result.require_plan()
        text = explain_node(plan, FoundValue(plan.nodes[-1]))
        assert [] == [line for line in text.split("\n") if len(line) > columns and " " in line.strip()]


def test_the_parts_of_the_last_node_add_up_to_the_whole_network():
    for name in ("lenet5", "resnet18", "unet_small"):
        for _, result in shipped_results(name):
            plan = result.require_plan()
            if {*plan.nodes} == {*_leading_to(plan.nodes[-1])}:
                total = (
                    f"{plan.params:,} parameters and {plan.macs:,} MACs, of {plan.params:,} and {plan.macs:,}"
                )
                assert total in " ".join(explain_node(plan, FoundValue(plan.nodes[-1])).split())


def _leading_to(value):
    seen, todo = set(), [value]
    while todo:
        node = todo.pop().node
        if node is not None and node not in seen:
            seen.add(node)
            todo += node.inputs
    return seen


@pytest.mark.parametrize(
    ("name", "path", "remark"),
    [
        ("stem", "stem", ""),
        ("body.2.0", "body.2.0", ""),
        ("body.2", "body.2", ""),
        ("body", "body.3", "body holds 12 layers; the last of them is body.3."),
        ("head", "head.2", "head holds 3 layers; the last of them is head.2."),
        ("line 5", "stem", "Line 5 is stem."),
        ("5", "stem", "Line 5 is stem."),
        (":5", "stem", "Line 5 is stem."),
        ("line 6", "body.0.0", "Line 6 is body.0.0, the first of 12 layers that line gives."),
    ],
)
def test_a_node_is_found_by_its_path_its_part_or_its_line(name, path, remark):
    found = find_value(plan_of(BRANCHED), name)
    assert (path, remark) == (found.value.node.path, found.remark)


def test_a_node_is_found_by_an_input_an_output_and_the_end_of_its_path():
    plan = plan_of(TWO_INPUTS)
    assert "mask" == find_value(plan, "mask").value.name
    assert ("scores", "The output out is scores.") == (
        find_value(plan, "out").value.node.path, find_value(plan, "out").remark,
    )  # fmt: skip
    assert "The output raw is image." == find_value(plan, "raw").remark
    named = "cnnspec: 1\ninput: [3]\nlayers: [{layers: [{relu, name: act}], name: a}]\n"
    assert ("a.act", "act is a.act.") == (
        find_value(plan_of(named), "act").value.node.path, find_value(plan_of(named), "act").remark,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("stm", ["stem"]),
        ("body.9.0", ["body.1.0", "body.2.0", "body.3.0"]),
        ("add", ["body.0", "body.1", "body.2"]),
        ("line 99", ["line 7"]),
        ("99", ["line 7"]),
        ("", ["head.2"]),
        ("zzzzzz", []),
    ],
)
def test_what_is_no_node_is_answered_with_near_ones(name, near):
    plan = plan_of(BRANCHED)
    assert find_value(plan, name) is None
    assert set(near) == set(near_nodes(plan, name))
