"""What a check gives: the plan as far as it is known, the spec as it was meant, findings at their places."""

from __future__ import annotations

from itertools import pairwise

import cnnspec
from cnnspec.compiler.check import check_text


def test_the_resolved_spec_names_the_network_and_holds_what_was_set():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {width: 4}\nvariants: {wide: {width: 8}}\nlayers: [conv: {out_channels: $width, kernel_size: 1}]\n"
    result = check_text(text, "net.yaml", variant="wide", settings=["train.epochs=3"])
    again = check_text(result.resolved, "elsewhere.yaml")
    assert ("wide", 3, 8) == (again.plan.name, again.train.epochs, again.plan.nodes[0].shape.channels)
    assert () == again.diagnostics
    assert "name: net\n" in check_text(text, "net.yaml").resolved


def test_a_resolved_spec_keeps_its_own_name():
    result = check_text("name: own\ninput: [1, 8, 8]\nlayers: [relu]\n", "net.yaml")
    assert 1 == result.resolved.count("name:")
    assert "own" == check_text(result.resolved, "elsewhere.yaml").plan.name


def test_an_empty_mapping_is_told_at_its_own_place():
    found = check_text("{}").diagnostics
    assert ["missing-key", "missing-key"] == [d.code for d in found if d.severity == "error"]


def test_a_variant_that_is_not_there_has_no_plan():
    result = check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n", variant="nope")
    assert (None, ["unknown-variant"]) == (result.plan, [found.code for found in result.diagnostics])


def test_the_state_of_a_network_with_a_mistake_is_what_is_known():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [conv: {out_channels: 2, kernel_size: 3}, linear: x, bn]\n"
    plan = check_text(text).plan
    assert {"0.weight": (2, 1, 3, 3), "0.bias": (2,)} == plan.state()


def test_a_wrong_value_is_traced_to_where_it_was_set():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {width: 8}\nlayers: [conv: {out_channels: $width, kernel_size: 3}]\n"
    (found,) = cnnspec.check_text(text, settings={"width": "ten"}).diagnostics
    assert ("bad-value", "--set width") == (found.code, found.place.source.name)
    assert (4, "it is used here") == (found.related[0].place.line, found.related[0].message)


def test_the_plan_knows_how_many_scores_its_first_output_has():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [{relu, name: a}, flatten, {linear: 7, name: b}]\noutput: [b, a]\n"
    assert 7 == check_text(text).require_plan().scores


def test_a_node_is_the_value_that_it_gives():
    result = check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n")
    (node,) = result.plan.nodes
    assert node.output is node
    assert (1, 8, 8) == node.output.shape.sizes


def test_a_call_that_goes_round_in_a_circle_is_told_whatever_its_arguments_are():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nblocks: {b: {args: {n: 1}, layers: [{b: {n: $n}}]}}\nlayers: [b]\n"
    assert ["recursive-block"] == [found.code for found in check_text(text).diagnostics]


def test_a_long_chain_of_variables_is_no_circle_and_a_long_circle_is_told_in_a_line():
    names = [f"a{number}" for number in range(3_000)]
    chain = "".join(f"  {name}: ${after}\n" for name, after in pairwise(names))
    head, tail = "cnnspec: 1\ninput: [1, 8, 8]\nvars:\n", "layers: [relu, dropout: $a0]\n"
    (found,) = check_text(f"{head}{chain}  {names[-1]}: $a0\n{tail}").diagnostics
    assert "cyclic-variables" == found.code
    assert len(found.message) < 200
    assert check_text(f"{head}{chain}  {names[-1]}: 0.5\n{tail}").ok
