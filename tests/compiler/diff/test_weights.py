"""Which weights carry over from one spec to another."""

from __future__ import annotations

import cnnspec
from cnnspec.compiler.diff.difference import difference
from tests.compiler.diff.specs import compared

CONV = "conv: {out_channels: 4, kernel_size: 3, padding: 1}"


def test_all_of_a_smaller_network_carries_over():
    weights = difference(cnnspec.check("resnet18"), cnnspec.check("resnet34")).weights
    assert (122, 218, 122) == (weights.before, weights.after, len(weights.same))
    assert ((), (), ()) == weights[3:]


def test_a_shifted_number_asks_for_a_rename():
    weights = compared(f"layers: [relu, {CONV}]", f"layers: [relu, tanh, {CONV}]").weights
    assert (("1.weight", "2.weight"), ("1.bias", "2.bias")) == weights.renamed
    assert () == weights.same


def test_a_name_that_another_layer_has_now_is_a_trap():
    weights = compared("layers: [relu, bn]", "layers: [relu, tanh, bn]").weights
    assert () == weights.mistaken
    weights = compared("layers: [relu, bn]", f"layers: [relu, {CONV}, bn]").weights
    assert ("1.bias",) == weights.mistaken
    weights = compared(f"layers: [relu, {CONV}, tanh]", f"layers: [bn, {CONV}, relu, {CONV}, tanh]").weights
    assert (("1.weight", "3.weight"), ("1.bias", "3.bias")) == weights.renamed
    assert ("1.weight", "1.bias") == weights.mistaken


def test_tensors_of_another_size_are_told_with_both_names():
    weights = compared(
        f"layers: [{CONV}]",
        f"layers: [tanh, {CONV.replace('3, p', '5, p')}]".replace("padding: 1", "padding: 2"),
    ).weights
    assert (("0.weight", "1.weight"),) == weights.resized
    assert (("0.bias", "1.bias"),) == weights.renamed


def test_a_parameter_of_its_own_is_called_by_its_path():
    before = "layers: [{scale: {init: 0.5}, name: gamma}]"
    weights = compared(before, before.replace("gamma", "beta")).weights
    assert (("gamma", "beta"),) == weights.renamed


def test_a_layer_of_another_kind_may_hold_a_tensor_of_the_same_name():
    weights = compared("layers: [{bn, name: norm}]", "layers: [{groupnorm: 2, name: norm}]").weights
    assert ("norm.weight", "norm.bias") == weights.same


def test_parameters_that_start_otherwise_are_a_setting():
    found = compared(
        f"layers: [{CONV}]",
        f"layers: [relu, {CONV}]\ninit: {{conv: {{weight: zeros, bias: {{constant: 1}}}}}}",
    )
    expected = [("init.1.weight", None, "zeros"), ("init.1.bias", None, {"constant": {"val": 1.0}})]
    assert expected == [tuple(change) for change in found.settings]
    assert not found.equal


def test_parameters_of_one_network_alone_start_as_they_do():
    assert (
        ()
        == compared(
            "layers: [relu]\ninit: {conv: zeros}", f"layers: [relu, {CONV}]\ninit: {{conv: zeros}}"
        ).settings
    )
    assert (
        ()
        == compared(
            f"layers: [relu, {CONV}]\ninit: {{conv: zeros}}", "layers: [relu]\ninit: {conv: zeros}"
        ).settings
    )
