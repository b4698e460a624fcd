"""Items: a mistake in one is one diagnostic."""

from __future__ import annotations

import pytest

from tests.findings import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [1, 8, 8]\nlayers: [{relu, expect: [$missing, 8, 8]}]\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [{concat: [[], []], axis: 0}]\n", ["unknown-key"]),
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a, repeat: $missing}, {relu, from: a}]\n",
            ["unknown-variable"],
        ),
        ("input: [1, 8, 8]\nlayers: [softmax: {dim: one}]\n", ["unknown-argument"]),
        ("input: [1, 8, 8]\nlayers: [softmax: {dim: 0}]\n", ["unknown-argument"]),
        ("input: [1, 8, 8]\nlayers: [{maxpool: 2, kernel_size: 3}]\n", ["unknown-key"]),
        (
            "input: [1, 8, 8]\nlayers: [add: [[conv: {out_channels: 2, kernel_size: 1, bias: 1}], []]]\n",
            ["bad-value"],
        ),
        ("input: [1, 8, 8]\nvars: {a: 'x\\\n  y $b'}\nlayers: [relu]\n", ["expression-syntax"]),
        ('input: [1, 8, 8]\nvars: {a: "\\x24b + 1"}\nlayers: [relu]\n', ["unknown-variable"]),
        ("input: [1, 8, 8]\nblocks: {relu: {layers: [tanh]}}\nlayers: [relu]\n", ["reserved-name"]),
        ("input: [1, 8, 8]\nlayers: [relu]\nloss: mse\n", ["unknown-key"]),
    ],
)
def test_a_mistake_in_an_item_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))
