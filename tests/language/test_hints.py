"""What is guessed of what was meant: a hint says what to write."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("input: [1, 8, 8]\nlayers: [bn: 64]\n", "Write `bn`: its channels are inferred."),
        ("input: [1, 8, 8]\nlayers: [flatten: 1]\n", "Write `flatten: {start_axis: 0}`"),
        ("input: [1, 8, 8]\nlayers: [relu]\ntrain: {lr: 0.01}\n", "write `optimizer: {sgd: {lr: …}}`"),
        (
            "input: [1, 8, 8]\nlayers: [conv: {out_channels: 2, kernel_size: 1, bias: 'false'}]\n",
            "Write it without quotes.",
        ),
        ("input: [1, 8, 8]\nlayers:\n  - conv {out_channels: 2, kernel_size: 1}\n", "Write `conv: {…}`."),
        ("input: [1, 8, 8]\nlayers:\n  - conv:{out_channels: 2, kernel_size: 1}\n", "Write `conv: {…}`."),
        (
            "input: [1, 8, 8]\nlayers: [relu]\ntrain: {optimizer: {adam: {}, sgd: {}}}\n",
            "Keep one of adam, sgd",
        ),
        ("input: {channels: 3, height: 32, width: 32}\nlayers: [relu]\n", "Write `input: [3, 32, 32]`"),
    ],
)
def test_a_hint_says_what_to_write(text, words):
    (found,) = check_text(f"cnnspec: 1\n{text}").diagnostics
    assert words in found.hint
