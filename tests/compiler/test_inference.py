"""Shapes that can't be, and shapes that are hardly believed."""

from __future__ import annotations

import pytest

from tests.findings import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "input: [1, 8, 8]\nlayers: [conv_transpose: {out_channels: 3, kernel_size: 100000, stride: 100000}]\n",
            [],
        ),
    ],
)
def test_a_shape_that_cannot_be_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))


def test_weights_that_no_memory_holds_are_an_error():
    text = "input: [2000000000, 1, 1]\nlayers: [conv: {out_channels: 9000000000, kernel_size: 1}]\n"
    assert ["output-too-large"] == codes(text)
