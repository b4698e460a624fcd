"""`input`: what may enter a network."""

from __future__ import annotations

import pytest

from tests.findings import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: $missing\nlayers: [relu]\n", ["unknown-variable"]),
        ("input: $shape\nvars: {shape: [1, 8, 8]}\nlayers: [relu]\n", []),
        ("input: $shape\nvars: {shape: [1, 0, 8]}\nlayers: [relu]\n", ["bad-input"]),
        ("input: $shape\nvars: {shape: 3}\nlayers: [relu]\n", ["bad-input"]),
        ("input: []\nlayers: [relu]\n", ["bad-input"]),
        ("input: [1, 2, 3, 4, 5]\nlayers: [relu]\n", ["bad-input"]),
        (
            "input: {a: [1, 8, 8], b: [1, 8, 8]}\nlayers: [add: [a, b], flatten, linear: 10]\ndata: {digits: {}}\n",
            ["input-mismatch"],
        ),
        ("input: [1, 9, 9]\nlayers: [flatten, linear: 10]\ndata: {digits: {}}\n", ["input-mismatch"]),
        ("input: {channels: 3, height: 32, width: 32}\nlayers: [relu]\n", ["bad-input"]),
    ],
)
def test_an_input_that_is_none_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))
