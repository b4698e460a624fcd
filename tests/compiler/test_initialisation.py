"""`init`: which initialisation reaches which parameter, and what leads to a mistake in it."""

from __future__ import annotations

import pytest

import cnnspec
from tests.findings import codes

NETWORK = """
cnnspec: 1
input: [3, 4, 4]
init: {conv: {weight: zeros, bias: {constant: 1}}}
layers:
  - {conv: {out_channels: 2, kernel_size: 1}, name: plain}
  - {conv: {out_channels: 2, kernel_size: 1}, name: own, init: {constant: 5}}
  - {conv: {out_channels: 2, kernel_size: 1}, name: torchs, init: null}
  - {conv: {out_channels: 2, kernel_size: 1}, name: partial, init: {bias: null}}
  - name: group
    init: {conv: {weight: {constant: 3}}}
    layers: [conv: {out_channels: 2, kernel_size: 1}]
  - name: free
    init: {conv: null}
    layers: [conv: {out_channels: 2, kernel_size: 1}]
"""


def starts() -> dict[str, str]:
    """Each parameter's initialiser."""
    result = cnnspec.check_text(NETWORK)
    assert result.ok
    return {start.parameter: repr(start.initialiser) for start in result.plan.init}


def test_what_stands_further_in_wins_parameter_by_parameter():
    expected = {
        "plain.weight": "Zeros()",
        "plain.bias": "Constant(val=1.0)",
        "own.weight": "Constant(val=5.0)",
        "own.bias": "Constant(val=1.0)",
        "partial.weight": "Zeros()",
        "group.0.weight": "Constant(val=3.0)",
        "group.0.bias": "Constant(val=1.0)",
    }
    assert expected == starts()


def test_a_mistake_in_a_block_tells_the_call_that_led_to_it():
    text = """
cnnspec: 1
input: [3, 4, 4]
blocks:
  unit:
    args: {std: required}
    layers: [{conv: {out_channels: 2, kernel_size: 1}, init: {normal: {std: $std}}}]
layers:
  - unit: 0.1
  - unit: -1
"""
    (found,) = cnnspec.check_text(text).diagnostics
    assert ("bad-value", 7) == (found.code, found.place.line)
    assert [("in unit with std: -1", 10)] == [(r.message, r.place.line) for r in found.related]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [1, 8, 8]\nlayers: [{bn, init: $missing}]\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: null}]\n", []),
        (
            "input: [1, 8, 8]\nlayers: [{bn, init: {weight: ones, bias: {normal: {std: -1}}}}]\n",
            ["bad-value"],
        ),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {weight: ones, biass: zeros}}]\n", ["unknown-key"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {uniform: {a: 2, b: 1}}}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {trunc_normal: {a: 2, b: 1}}}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: xavier_uniform}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [flatten, {linear: 2, init: dirac}]\n", ["bad-init"]),
        (
            "input: [4, 8, 8]\nlayers: [{conv: {out_channels: 3, kernel_size: 1}, init: {dirac: {groups: 2}}}]\n",
            ["bad-init"],
        ),
        (
            "input: [1, 8, 8]\nlayers: [{conv: {out_channels: 3, kernel_size: 9}, init: ones}]\n",
            ["kernel-too-large"],
        ),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {constant: $missing}}]\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {constant: [$missing]}}]\n", ["unknown-variable"]),
    ],
)
def test_a_mistake_in_an_initialisation_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))
