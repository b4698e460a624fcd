"""How well specs/digits.yaml does on every digit: stratified 5-fold cross-validation, each fold trained anew."""

from __future__ import annotations

from array import array

from cnnspec.library.specs import check
from cnnspec.runner import loop
from cnnspec.runner.events import Finished
from cnnspec.runner.setup import prepare
from cnnspec.settings.datasets.published import Digits
from cnnspec.train import data
from cnnspec.train.data.raw import Part, Pixels, Raw

FOLDS = 5
WANTED = 0.993


def cross_validation() -> list[str]:
    """The share of all digits that are named right by a network that has not seen them."""
    result = check("digits")
    assert result.plan is not None
    assert result.train is not None
    images, labels = _all_digits()
    fold_of = _folds(labels)
    correct = 0
    for fold in range(FOLDS):
        raw = _raw(images, labels, [number == fold for number in fold_of])
        events = loop.train(prepare(result.plan, result.train, raw))
        correct += next(event.test.correct for event in events if isinstance(event, Finished))
    share = correct / len(labels)
    print(f"digits, {FOLDS} folds: {correct} of {len(labels)}")
    met = "yes" if share >= WANTED else "no"
    return [f"| digits, stratified {FOLDS}-fold cross-validation | {share:.2%} | ≥ {WANTED:.1%} | {met} |"]


def _all_digits() -> tuple[list[bytes], list[int]]:
    raw = data.read(Digits(), (1, 8, 8))
    images: list[bytes] = []
    for part in (raw.train, raw.test):
        assert isinstance(part.images, Pixels)
        values = bytes(part.images.values)
        images += [values[start : start + 64] for start in range(0, len(values), 64)]
    return images, [*raw.train.labels, *raw.test.labels]


def _folds(labels: list[int]) -> list[int]:
    """The images of each class dealt out in turn."""
    seen: dict[int, int] = {}
    folds = []
    for label in labels:
        seen[label] = seen.get(label, -1) + 1
        folds.append(seen[label] % FOLDS)
    return folds


def _raw(images: list[bytes], labels: list[int], tested: list[bool]) -> Raw:
    parts = []
    for wanted in (False, True):
        chosen = [number for number, is_test in enumerate(tested) if is_test == wanted]
        pixels = Pixels((len(chosen), 1, 8, 8), bytearray().join(images[number] for number in chosen))
        parts.append(Part(pixels, array("q", (labels[number] for number in chosen))))
    return Raw(parts[0], None, parts[1], tuple("0123456789"))
