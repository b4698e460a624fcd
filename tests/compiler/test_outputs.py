"""`output`: a mistake in it is one diagnostic."""

from __future__ import annotations

import pytest

from tests.findings import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, when: $missing}}\n",
            ["unknown-variable"],
        ),
        ("input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, when: text}}\n", ["bad-value"]),
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, only: train}}\n",
            ["bad-output"],
        ),
        ("input: [1, 8, 8]\nlayers: [relu]\noutput_shape: 10\n", ["unknown-key"]),
    ],
)
def test_a_mistake_in_an_output_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))
