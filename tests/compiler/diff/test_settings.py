"""What two specs say otherwise of data and training."""

from __future__ import annotations

import pytest

from tests.compiler.diff.specs import compared

SPEC = "input: [1, 8, 8]\nlayers: [flatten, linear: 10]\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "data: digits", [("data", None, "digits")]),
        ("data: digits", "", [("data", "digits", None)]),
        ("data: digits", "data: {fake: {classes: 3}}", [("data", "digits", {"fake": {"classes": 3}})]),
        ("data: {csv: {file: a.csv}}", "data: {csv: {file: b.csv}}", [("data.csv.file", "a.csv", "b.csv")]),
        ("", "train: {epochs: 3, batch_size: 8}", [("train.epochs", 10, 3), ("train.batch_size", 64, 8)]),
        ("train: {optimizer: {sgd: {lr: 0.1}}}", "train: {optimizer: {sgd: {lr: 0.2}}}", [("train.optimizer.sgd.lr", 0.1, 0.2)]),
        ("train: {optimizer: sgd}", "train: {optimizer: {adam: {betas: [0.8, 0.9]}}}", [("train.optimizer", "sgd", {"adam": {"betas": [0.8, 0.9]}})]),
        ("", "train: {augment: [hflip, {rotate: 5}]}", [("train.augment", [], ["hflip", {"rotate": {"degrees": 5}}])]),
        ("train: {schedule: cosine}", "vars: {e: 10}\ntrain: {schedule: {cosine: {}}, epochs: $e}", []),
    ],
)  # fmt: skip
def test_a_setting_is_told_by_its_path_as_a_spec_writes_it(before, after, expected):
    found = compared(SPEC + before, SPEC + after)
    assert expected == [tuple(change) for change in found.settings]
    assert found.equal is not bool(expected)
    back = compared(SPEC + after, SPEC + before).settings
    assert expected == [(path, after, before) for path, before, after in back]
