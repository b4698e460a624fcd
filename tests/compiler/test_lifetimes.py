"""How long values are held, in networks small enough to read. `tests/zoo/test_memory.py` has torch judge large ones."""

from __future__ import annotations

import cnnspec
from cnnspec.compiler.lifetimes import last_uses

HEAD = "cnnspec: 1\ninput: [8, 4, 4]\nlayers:\n"


def let_go(*items: str, output: str = "") -> dict[str, set[str]]:
    """The values that are let go after each node, by their paths."""
    result = cnnspec.check_text(HEAD + "".join(f"  - {item}\n" for item in items) + output)
    assert result.ok, result.diagnostics
    plan = result.plan
    found = last_uses(plan.nodes, [output.value for output in plan.outputs])
    return {
        node.path: {value.node.path if value.node else "input" for value in found[node]} for node in found
    }


def test_a_value_is_let_go_when_the_last_that_reads_it_has_run():
    assert {"0": {"input"}, "1": {"0"}, "2": {"1"}} == let_go("relu", "tanh", "relu")


def test_what_enters_a_namespace_is_let_go_when_it_is_left():
    found = let_go("{relu, name: a}", "{layers: [relu, tanh, relu], name: body}", "relu")
    assert {"a": {"input"}, "body.1": {"body.0"}, "body.2": {"a", "body.1"}, "2": {"body.2"}} == found


def test_a_name_that_no_other_value_takes_holds_on_to_its_value():
    """`y = conv(y); x = bn(y) + x`: y is not used again, and holds what conv gave to the end."""
    found = let_go(
        "{relu, name: a}",
        "add: [[tanh, conv: {out_channels: 8, kernel_size: 1}, bn], []]",
        "gelu",
        "tanh",
    )
    assert {"2": {"1"}, "4": {"a", "3"}, "5": {"4"}, "6": {"2", "5"}} == {k: found[k] for k in "2456"}


def test_a_name_that_nobody_reads_any_more_is_taken_by_the_next_value():
    """`y` is free after the first sum, and goes to the branch of the second, which lets go of what it held."""
    branch = "[tanh, conv: {out_channels: 8, kernel_size: 1}, bn]"
    found = let_go(f"add: [{branch}, []]", f"add: [{branch}, []]", "relu")
    assert "1" in found["4"]


def test_a_namespace_that_two_values_enter_holds_both():
    found = let_go(
        "{relu, name: a}",
        "{tanh, name: b}",
        "{layers: [gelu, {tanh, name: c}, {add: [c, a], name: sum}, {add: [sum, b]}, relu], name: body}",
    )
    assert {"a", "b"} <= found["body.4"] | found.get("body.5", set())


def test_more_values_than_letters_have_numbers():
    """Each branch reads what came in, and none is read before all are there."""
    branches = ", ".join(
        ["[{layers: [relu, tanh]}, {relu}, maxpool: {kernel_size: 3, stride: 1, padding: 1}]"] * 9
    )
    found = let_go(f"concat: [{branches}]", "{add: [[], []]}")
    gone = [value for values in found.values() for value in values]
    assert len(gone) == len(set(gone))


def test_the_outputs_are_never_let_go():
    found = let_go("{relu, name: a}", "{tanh, name: b}", output="output: [a, b]\n")
    assert {"a": {"input"}} == found
