"""`data` and `train` in a spec: a mistake in them is one diagnostic."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text
from tests.findings import codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: $missing\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: [digits]\n", ["unknown-choice"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {digits: , mnist: }\n", ["bad-choice"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {digits: 3}\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: 3\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: $missing\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {optimizer: null}\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {$missing: {}}\n", ["unknown-variable"]),
        (
            "input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {epochs: $missing, batch: 3}\n",
            ["unknown-variable", "unknown-argument"],
        ),
    ],
)
def test_a_mistake_in_data_or_train_is_one_diagnostic(text, expected):
    assert sorted(expected) == sorted(codes(text))


def test_a_value_of_a_variable_keeps_its_form():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {opt: {adam: {betas: [0.8, 0.9]}}}\nlayers: [flatten, linear: 10]\ndata: digits\ntrain: {optimizer: $opt}\n"
    assert (0.8, 0.9) == check_text(text).train.optimizer.betas


def test_a_choice_that_is_null_is_told_what_there_is():
    (found,) = check_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {optimizer: null}\n"
    ).diagnostics
    assert "one of sgd, adam, adamw" in found.message
