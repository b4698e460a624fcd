"""How well specs/digits.yaml does on every digit: stratified 5-fold cross-validation, each fold trained anew."""

from __future__ import annotations

import numpy as np

from cnnspec.data.dataset import Dataset, Split
from cnnspec.data.read import read_dataset
from cnnspec.library.specs import check
from cnnspec.runner import loop
from cnnspec.runner.setup import training_state
from cnnspec.runner.training_events import TrainingEnd
from cnnspec.settings.datasets.published import Digits

FOLDS = 5
WANTED = 0.993


def cross_validation() -> list[str]:
    """The share of all digits that are named right by a network that has not seen them."""
    result = check("digits")
    assert result.plan is not None
    assert result.train is not None
    digits = _all_digits()
    fold_of = _folds(digits.labels.tolist())
    correct = 0
    for fold in range(FOLDS):
        dataset = _fold(digits, [number == fold for number in fold_of])
        events = loop.train(training_state(result.plan, result.train, dataset))
        correct += next(event.test.correct for event in events if isinstance(event, TrainingEnd))
    share = correct / len(fold_of)
    print(f"digits, {FOLDS} folds: {correct} of {len(fold_of)}")
    met = "yes" if share >= WANTED else "no"
    return [f"| digits, stratified {FOLDS}-fold cross-validation | {share:.2%} | ≥ {WANTED:.1%} | {met} |"]


def _all_digits() -> Split:
    digits = read_dataset(Digits(), (1, 8, 8))
    images = np.concatenate([np.asarray(split.images) for split in (digits.train, digits.test)])
    return Split(images, np.concatenate([digits.train.labels, digits.test.labels]))


def _folds(labels: list[int]) -> list[int]:
    """The images of each class dealt out in turn."""
    seen: dict[int, int] = {}
    folds = []
    for label in labels:
        seen[label] = seen.get(label, -1) + 1
        folds.append(seen[label] % FOLDS)
    return folds


def _fold(digits: Split, tested: list[bool]) -> Dataset:
    train, test = (
        digits.subset([number for number, is_test in enumerate(tested) if is_test == wanted])
        for wanted in (False, True)
    )
    return Dataset(train, None, test, tuple("0123456789"))
