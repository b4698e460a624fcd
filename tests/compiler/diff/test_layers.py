"""Layers of two specs: which were added, removed or changed, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnspec
from cnnspec.compiler.diff.difference import difference
from cnnspec.library.specs import shipped_specs
from tests.compiler.diff.specs import checked, compared, listed

CONV = "conv: {out_channels: 4, kernel_size: 3, padding: 1}"
PLAIN = [CONV, "relu", CONV, "bn", "relu", "maxpool: 2", "dropout", "flatten", "linear: 5"]
"""Layers of which one may be left out or put in anywhere, and the rest is still a network."""


def layers(items: list[str]) -> str:
    return "layers:\n" + "".join(f"  - {item}\n" for item in items)


@pytest.mark.parametrize("name", shipped_specs())
def test_a_spec_equals_itself(name):
    assert difference(cnnspec.check(name), cnnspec.check(name)).equal


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("layers: [relu, tanh]", "# why\nlayers:\n  - relu   # so\n\n  - tanh\n"),
        ("layers: [{conv: {out_channels: 8, kernel_size: 3}}]", "vars: {w: 8}\nlayers: [conv: {out_channels: $w, kernel_size: 3, stride: 1}]"),
        ("layers: [bn]", "layers: [bn: {num_features: 4}]"),
        ("layers: [relu]\n", "name: other\ndescription: A relu.\nlayers: [relu]\n"),
        ("layers: [relu, relu]", "layers: [{relu, repeat: 2}]"),
        ("layers: [{relu, name: a}, tanh]", "layers: [{relu, name: a}, {tanh, from: a}]"),
        ("layers: [relu]", "layers: [relu]\ntrain: {epochs: 10}\n"),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_and_means_the_same_is_equal(before, after):
    found = compared(before, after)
    assert ((), (), True) == (found.layers, found.settings, found.equal)


@given(
    st.integers(0, len(PLAIN)),
    st.sampled_from(["tanh", "bn", CONV, "dropout: 0.3", "avgpool: {kernel_size: 1}"]),
)
def test_a_layer_that_is_put_in_among_unnamed_ones_is_one_addition(index, item):
    items = [*PLAIN[:index], item, *PLAIN[index:]]
    if (item == CONV and index > 7) or (item.startswith("avgpool") and index > 7):
        return  # behind flatten a convolution can't stand
    found = compared(layers(PLAIN), layers(items))
    sorts = [sort for sort, *_ in listed(found)]
    assert ["added"] == [sort for sort in sorts if sort in {"added", "removed", "changed"}]
    back = compared(layers(items), layers(PLAIN))
    assert ["removed"] == [s for s, *_ in listed(back) if s in {"added", "removed", "changed"}]


def test_the_numbers_behind_an_added_layer_are_other_names():
    found = compared(layers(PLAIN), layers([CONV, "tanh", *PLAIN[1:]]))
    assert [("added", None, "1"), *(("renamed", str(n), str(n + 1)) for n in range(1, 9))] == listed(found)


def test_a_changed_argument_has_both_values_and_what_follows_from_it():
    (change, *later) = compared(layers(PLAIN), layers([CONV.replace("4", "6"), *PLAIN[1:]])).layers
    assert [("out_channels", 4, 6)] == [tuple(detail) for detail in change.own]
    assert ["output", "params", "macs"] == [detail.what for detail in change.result]
    assert [("1", ["output"]), ("2", ["params", "macs"])] == [
        (other.after.path, [detail.what for detail in other.result]) for other in later
    ]


def test_a_layer_of_another_kind_in_the_same_place_is_one_change():
    (change,) = compared("layers: [bn, relu, bn]", "layers: [bn, tanh, bn]").layers
    assert ("changed", [("kind", "relu", "tanh")]) == (change.sort, [tuple(detail) for detail in change.own])


def test_names_count_more_than_positions():
    before = "layers: [{relu, name: a}, {relu, name: b}, {relu, name: c}]"
    assert [("removed", "a", None)] == listed(compared(before, "layers: [{relu, name: b}, {relu, name: c}]"))
    assert [("added", None, "x")] == listed(compared(before, before.replace("[{", "[{relu, name: x}, {", 1)))


def test_a_block_that_is_added_in_a_stage_is_told_by_its_name():
    found = difference(cnnspec.check("resnet18"), cnnspec.check("resnet34"))
    added = {after.rpartition(".")[0] for sort, _, after in listed(found) if sort == "added" and after}
    stages = {1: [2], 2: [2, 3], 3: [2, 3, 4, 5], 4: [2]}
    assert {f"layer{stage}.{block}" for stage, blocks in stages.items() for block in blocks} == added
    assert len(found.layers) == 7 * len(added)


def test_all_layers_of_a_network_may_have_other_names():
    found = difference(cnnspec.check("mnist"), cnnspec.check("mnist_named"))
    assert {"renamed"} == {sort for sort, *_ in listed(found)}
    assert 9 == len(found.layers)


def test_a_named_layer_that_stands_elsewhere_is_one_change():
    before = "layers: [{relu, name: a}, {bn, name: b}, {tanh, name: c}]"
    after = "layers: [{tanh, name: c}, {relu, name: a}, {bn, name: b}]"
    (change,) = [change for change in compared(before, after).layers if change.after.path == "c"]
    assert ["inputs", "order"] == [detail.what for detail in change.own]


def test_another_source_of_a_value_is_a_change_of_the_layer_that_reads_it():
    before = "layers: [{relu, name: a}, {tanh, name: b}, bn]"
    (change,) = compared(before, before.replace("bn]", "{bn, from: a}]")).layers
    assert [("inputs", ["b"], ["a"])] == [tuple(detail) for detail in change.own]


def test_another_order_of_branches_is_a_change_of_the_merge():
    before = "layers: [{relu, name: a}, {tanh, name: b}, concat: [a, b]]"
    (change,) = compared(before, before.replace("[a, b]", "[b, a]")).layers
    assert [("inputs", ["a", "b"], ["b", "a"])] == [tuple(detail) for detail in change.own]


def test_a_merge_that_is_taken_out_leaves_its_first_branch():
    found = compared("layers: [relu, add: [[tanh], []], bn]", "layers: [relu, tanh, bn]")
    assert [("removed", "2", None), ("renamed", "3", "2")] == listed(found)


def test_what_was_removed_at_the_start_is_told_first():
    assert [("removed", "a", None), ("renamed", "1", "0")] == listed(
        compared("layers: [{tanh, name: a}, relu]", "layers: [relu]")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("layers: [{relu, name: a}, tanh]", "layers: [{relu, name: a}, tanh]\noutput: a"),
        ("layers: [{relu, name: a}]", "layers: [{relu, name: a}]\noutput: [a]"),
        ("layers: [{relu, name: a}]\noutput: {x: a}", "layers: [{relu, name: a}]\noutput: {y: a}"),
        ("input: {x: [4, 8, 8]}\nlayers: [{relu, from: x}]", "input: {y: [4, 8, 8]}\nlayers: [{relu, from: y}]"),
    ],
)  # fmt: skip
def test_other_outputs_or_inputs_are_a_difference(before, after):
    found = compared(before, after)
    assert not found.same_interface
    assert not found.equal


def test_another_input_size_changes_no_layer_itself():
    found = compared(layers(PLAIN), "input: [4, 16, 16]\n" + layers(PLAIN))
    assert {"resized"} == {sort for sort, *_ in listed(found)}


def test_long_networks_are_compared_in_parts():
    """A table of all pairs would have a million cells and more."""
    first, second = ([CONV.replace("4", str(n)), "{relu, repeat: 1100}", "bn"] for n in (4, 5))
    found = compared(layers(first), layers(second))
    assert ["changed", *["resized"] * 1101] == [sort for sort, *_ in listed(found)]
    second = [*first[:2], "tanh", "bn: {eps: 0.1}"]
    found = compared(layers(first), layers(second))
    assert [("added", None, "1101"), ("changed", "1101", "1102")] == listed(found)


def test_long_networks_with_nothing_in_common_have_no_pairs():
    other = "layers: [{sigmoid, repeat: 1100}]"
    found = listed(compared("layers: [{relu, repeat: 1100}]", other))
    assert {"added", "removed"} == {sort for sort, *_ in found}


def test_a_spec_with_errors_cannot_be_compared():
    with pytest.raises(cnnspec.SpecError):
        difference(checked("layers: [relu]"), cnnspec.check_text("cnnspec: 1\n"))
