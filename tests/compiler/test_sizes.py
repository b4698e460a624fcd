"""For which sizes networks are valid, and why: answers that one can work out by hand."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import SpecError, check_text
from cnnspec.compiler.layer_function import LayerFunction, Open
from cnnspec.compiler.valid_sizes import OpenAxes, ValidSizes
from cnnspec.core import size as sizes
from cnnspec.core.shape import Shape
from cnnspec.core.size_function import IDENTITY
from cnnspec.layers.base import Layer
from cnnspec.library.specs import check
from tests.calls import calls

CONV = "conv: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1}"


def checked(size: str, *items: str):
    return check_text(f"cnnspec: 1\ninput: {size}\nlayers:\n" + "".join(f"  - {item}\n" for item in items))


def answer(size: str, *items: str) -> ValidSizes:
    """Of a spec with open sizes, or, where it has none, of the network that it is."""
    result = checked(size, *items)
    if result.sizes is not None:
        return result.sizes
    assert () == result.diagnostics
    return ValidSizes(result.plan, OpenAxes(result.plan).inputs, weights_stay=True)


def numbers(found: ValidSizes, symbol: int = 0):
    constraint = found.constraints[symbol]
    return constraint.at_least, constraint.period, constraint.residues, constraint.also


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["relu"], (1, 1, (0,), ())),
        (["conv: {out_channels: 1, kernel_size: 3}"], (3, 1, (0,), ())),
        (["conv: {out_channels: 1, kernel_size: 3, padding: 2, padding_mode: reflect}"], (3, 1, (0,), ())),
        (["pixel_unshuffle: 4"], (1, 4, (0,), ())),
        (["maxpool: {kernel_size: 2, ceil_mode: true}"], (1, 1, (0,), ())),
        (["maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}"], (2, 1, (0,), ())),
        (["pad: [0, 0, -3, -2]"], (6, 1, (0,), ())),
        (["pad: {padding: 3, mode: circular}"], (3, 1, (0,), ())),
        (["upsample: 0.25"], (4, 1, (0,), ())),
        (["slice: {start: -2, stop: 4, axis: 1}"], (6, 1, (), (4, 5))),
        (["adaptive_avgpool: 7"], (1, 1, (0,), ())),
        (["glu: {axis: 1}"], (1, 2, (0,), ())),
    ],
)  # fmt: skip
def test_a_layer_accepts_what_its_rule_says(items, expected):
    assert expected == numbers(answer("[4, H, W]", *items))


def test_levels_of_a_unet_add_up():
    found = check("unet", ("input=[3, H, W]",)).sizes
    assert [(1, 16, (0,), ())] * 2 == [numbers(found, i) for i in (0, 1)]
    assert [29] * 4 == [place.line for place, _ in found.constraints[0].because]
    assert "512×3×?" in found.constraints[0].because[0].message


def test_resnet_takes_any_size_and_says_what_it_makes_of_it():
    result = check("resnet18", ("input=[3, H, W]",))
    last = [node for node in result.plan.nodes if node.shape.rank == 2][-2]
    assert (512, "⌊(H + 31)/32⌋", "⌊(W + 31)/32⌋") == result.plan.sizes_of(last)
    assert all(constraint.free for constraint in result.sizes.constraints)


def test_a_head_of_fixed_features_couples_height_and_width():
    items = ["maxpool: 32", "flatten", "linear: {out_features: 10, in_features: 147}"]
    for size in ("[3, 224, 224]", "[3, H, W]"):
        (coupled,) = answer(size, *items).coupled
        assert [
            {"H": (32, 63), "W": (49 * 32, 49 * 32 + 31)},
            {"H": (224, 255), "W": (224, 255)},
            {"H": (49 * 32, 49 * 32 + 31), "W": (32, 63)},
        ] == list(coupled.any_of)
    found = answer("[3, S, S]", *items)
    assert (256, 1, (), tuple(range(224, 256))) == numbers(found)
    assert () == found.coupled


def test_a_network_keeps_the_weights_that_it_has():
    found = answer("[1, 28, 28]", "maxpool: 14", "flatten", "linear: 10")
    assert found.allows({"H": 41, "W": 28})
    assert not found.allows({"H": 42, "W": 28})
    assert found.allows({"H": 14, "W": 56})
    assert "made for 4, the input has 1" in found.coupled[0].message
    free = answer("[1, H, W]", "maxpool: 14", "flatten", "linear: 10")
    assert free.allows({"H": 42, "W": 28})


def test_of_a_signal_features_follow_one_size():
    found = answer("[2, 30]", "maxpool: 3", "flatten", "linear: 4")
    assert (33, 1, (), (30, 31, 32)) == numbers(found)


def test_a_norm_over_positions_is_made_for_its_size():
    found = answer("[2, 5, 6]", "layernorm: {axis: [1, 2]}")
    assert [(6, 1, (), (5,)), (7, 1, (), (6,))] == [numbers(found, i) for i in (0, 1)]


def test_expect_allows_one_size():
    found = answer("[2, H, W]", "{maxpool: 2, expect: [2, 4, 5]}")
    assert [(10, 1, (), (8, 9)), (12, 1, (), (10, 11))] == [numbers(found, i) for i in (0, 1)]
    features = answer("[2, H, W]", "{flatten, expect: [8]}")
    assert 3 == len(features.coupled[0].any_of)
    assert features.allows({"H": 1, "W": 4})
    assert not checked("[2, H, W]", "{flatten, expect: [9]}").ok


def test_the_input_itself_may_be_expected():
    assert (9, 1, (), (8,)) == numbers(answer("[2, H, W]", "{layers: [], expect: [2, 8, 8]}"))


def test_a_single_position_is_nothing_to_normalise():
    found = answer("[2, H, W]", "maxpool: 2", "instancenorm")
    assert [{"H": (4, None), "W": (1, None)}, {"H": (1, None), "W": (4, None)}] == list(
        found.coupled[0].any_of
    )
    assert not found.allows({"H": 2, "W": 3})
    assert found.allows({"H": 4, "W": 2})
    tied = answer("[2, S, S]", "instancenorm")
    assert (2, 1, (0,), ()) == numbers(tied)
    signal = answer("[2, L]", "instancenorm")
    assert (2, 1, (0,), ()) == numbers(signal)


def test_a_position_may_be_single_along_one_axis():
    (coupled,) = answer("[2, H, W]", "instancenorm").coupled
    assert ({"H": (2, None), "W": (1, None)}, {"H": (1, None), "W": (2, None)}) == coupled.any_of


class Perimeter(Layer):
    """As many features as there are positions at the border, nearly: no product of sizes."""

    def infer(self, x: Shape) -> Shape:
        return Shape((sizes.total(x.spatial),))


def test_what_is_no_product_is_not_followed():
    height, width = (Open(symbol, IDENTITY) for symbol in "HW")
    found = LayerFunction(Perimeter(), ((3, height, width),), (0,), None, {}).answer()
    assert ((None,), False) == (found.sizes, found.exact)


def test_a_branch_of_size_1_is_repeated_where_it_is_1_everywhere():
    gate = answer("[4, H, W]", "multiply: [[], [global_avgpool]]")
    assert (1, 1, (0,), ()) == numbers(gate)
    last = answer("[4, H, W]", "multiply: [[], [slice: {start: -1, axis: 1}]]")
    assert (1, 1, (0,), ()) == numbers(last)
    chance = answer("[4, H, W]", f"{{{CONV}, name: down}}", "add: [input, down]")
    assert (2, 1, (), (1,)) == numbers(chance)


def test_branches_of_constant_size_meet_at_it():
    found = answer("[4, H, W]", "add: [[], [resize: [6, 7]]]")
    assert [(7, 1, (), (6,)), (8, 1, (), (7,))] == [numbers(found, i) for i in (0, 1)]


def test_a_size_that_is_the_same_for_all_is_a_number():
    found = answer(
        "[4, H, W]", "slice: {start: -3, axis: 1}", "conv: {out_channels: 2, kernel_size: 3, padding: 1}"
    )
    assert (3, 1, (0,), ()) == numbers(found)
    assert found.exact


def test_numbers_may_stand_beside_symbols():
    found = answer("[4, 8, W]", "maxpool: 2", "flatten", "linear: {out_features: 2, in_features: 32}")
    assert ("W",) == found.symbols
    assert (6, 1, (), (4, 5)) == numbers(found)


def test_a_rough_factor_is_proved_as_far_as_it_was_tried():
    found = answer("[1, H, W]", "upsample: {scale_factor: 0.7}")
    assert (False, 4096, (2, 1, (0,), ())) == (found.exact, found.proved_to, numbers(found))
    few = answer("[1, H, W]", "upsample: {scale_factor: 0.7}", "resize: [3, 3]", "{relu, expect: [1, 3, 3]}")
    assert few.allows({"H": 5, "W": 7})


def test_what_is_not_followed_is_said():
    found = answer("[4, H, W]", "flatten", "unflatten: {axis: 0, unflattened_size: [-1, 2]}")
    assert (False, 0) == (found.exact, found.proved_to)
    mixed = answer("[4, H, W]", "add: [[], [permute: [0, 2, 1]]]")
    assert not mixed.exact
    other = answer("[4, H, W]", "flatten", "slice: {start: 3}", "linear: {out_features: 1, in_features: 5}")
    assert not other.exact


def test_an_assertion_on_channels_does_not_depend_on_sizes():
    found = answer("[4, H, W]", "conv: {out_channels: 2, kernel_size: 1, in_channels: 4}")
    assert (1, 1, (0,), ()) == numbers(found)


def test_features_of_equal_branches_are_followed():
    items = [
        "{flatten, name: a}",
        "{dropout, name: b}",
        "add: [a, b]",
        "linear: {out_features: 1, in_features: 8}",
    ]
    assert 3 == len(answer("[2, H, W]", *items).coupled[0].any_of)
    tokens = [
        "flatten: {start_axis: 1}",
        "permute: [1, 0]",
        "linear: 3",
        "flatten",
        "linear: {out_features: 1, in_features: 12}",
    ]
    assert 3 == len(answer("[2, H, W]", *tokens).coupled[0].any_of)


def test_the_nearest_sizes_that_are_valid():
    found = check("unet", ("input=[3, H, W]",)).sizes
    assert [{"H": 304, "W": 304}, {"H": 288, "W": 304}] == found.near({"H": 300, "W": 304})
    head = answer("[1, 28, 28]", "maxpool: 14", "flatten", "linear: 10")
    assert {"H": 27, "W": 56} == head.near({"H": 28, "W": 50})[0]


def test_axes_of_fixed_sizes_have_their_usual_names():
    two = check_text(
        "cnnspec: 1\ninput: {a: [1, 8, 8], b-c: [1, 4, 8], d: [3]}\nlayers:\n  - {relu, from: a}\n"
    ).plan
    axes = OpenAxes(two)
    assert {"a": (1, "H", "W"), "b-c": (1, "H_b_c", "W"), "d": (3,)} == axes.inputs
    assert {"H": 8, "W": 8, "H_b_c": 4} == axes.given
    assert "input={a: [1, H, W], b-c: [1, H_b_c, W], d: [3]}" == axes.setting
    assert "" == OpenAxes(checked("[7]", "relu").plan).setting
    assert "" == OpenAxes(checked("[0, 3]", "relu").plan).setting


def test_what_leaves_sizes_open_is_not_built():
    result = checked("[3, H, W]", "maxpool: 300")
    assert result.ok
    with pytest.raises(SpecError, match=r"leaves H and W open.*\n.*\n.*\n.*'input=\[3, 300, 300\]'"):
        result.require_plan()


def test_a_mistake_leaves_its_dependents_unsaid():
    result = checked("[3, H, W]", "conv: {out_channels: 5, kernel_size: 3, groups: 2}", "relu")
    assert (False, None) == (result.ok, result.sizes)


def test_a_larger_network_takes_little_more():
    one, many = (
        calls(
            lambda n=n: checked("[3, H, W]", *["conv: {out_channels: 3, kernel_size: 3}", "bn", "relu"] * n)
        )
        for n in (20, 40)
    )
    assert many < 2.3 * one


def test_features_of_a_rough_size_are_known_as_far_as_it_is():
    items = ["upsample: {scale_factor: 0.7}", "flatten", "linear: {out_features: 1, in_features: 12}"]
    two = answer("[2, H, W]", *items)
    assert (False, ()) == (two.exact, two.coupled)
    one = answer("[2, L]", *items)
    assert (False, 4096) == (one.exact, one.proved_to)
    assert one.allows({"L": 9})
    assert not one.allows({"L": 8})


def test_more_features_than_can_be_looked_through_are_not_proved():
    found = answer("[1, H, W]", "flatten", "linear: {out_features: 1, in_features: 10000000019}")
    assert not found.exact


def test_a_norm_and_a_pool_leave_runs_of_sizes():
    found = answer(
        "[2, H, W]",
        "pad: [0, 3, 0, 3]",
        "pad: [0, -3, 0, -3]",
        "pad: [0, 9, 0, 9]",
        "avgpool: 5",
        "instancenorm",
    )
    assert found.coupled == ()
    later = answer("[2, H, W]", "slice: {start: 0, stop: 9, axis: 1}", "instancenorm")
    assert (9, 1, (0,), ()) == numbers(later)


def test_sizes_that_split_a_number_of_features_are_not_followed():
    found = answer("[3, H, W]", "flatten", "glu")
    assert not found.exact
    known = answer("[3, H, W]", "flatten", "prelu: 12")
    assert 3 == len(known.coupled[0].any_of)


def test_long_laws_are_not_looked_for():
    found = answer("[1, L]", "unflatten: {axis: 1, unflattened_size: [-1, 70000]}", "relu")
    assert not found.exact


def test_a_plan_with_mistakes_is_followed_as_far_as_it_goes():
    plan = checked("[3, 8, 8]", "conv: {out_channels: 4, kernel_size: 3, groups: 2}", "rleu", "flatten").plan
    assert not ValidSizes(plan, {"input": (3, "H", "W")}, weights_stay=True).exact


def test_layers_behind_a_refusal_of_all_sizes_are_not_asked():
    found = answer("[1, L]", "{maxpool: 2, expect: [1, 3]}", "{relu, expect: [1, 4]}", "conv: {out_channels: 1, kernel_size: 3}")  # fmt: skip
    assert found.refused is not None


def test_sizes_of_values_as_numbers_and_texts():
    result = checked("[2, H, W]", "maxpool: 2", "{flatten, name: features}", "linear: 3")
    pool, features, last = result.plan.nodes
    at = {"H": 6, "W": 9}
    assert [(2, 3, 4), (24,), (3,)] == [result.sizes.sizes_at(node, at) for node in (pool, features, last)]
    assert [("2·⌊H/2⌋·⌊W/2⌋",), (3,)] == [result.plan.sizes_of(node) for node in (features, last)]


def test_features_of_one_channel_are_their_positions():
    result = checked("[1, H, W]", "flatten")
    assert ("H·W",) == result.plan.sizes_of(result.plan.nodes[0])


def test_a_set_without_a_period_is_told_as_far_as_it_was_tried():
    found = answer("[1, H, W]", "upsample: {scale_factor: 0.7}", "pixel_unshuffle: 2")
    assert not found.exact
    right = [n for n in range(2, 60) if int(n * 0.7) % 2 == 0]
    assert right == [n for n in range(2, 60) if found.allows({"H": n, "W": n})]
