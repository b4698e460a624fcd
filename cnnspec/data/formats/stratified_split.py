"""A share of each class for the test: which images depends on their names and the seed alone, on no generator."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import Split
from cnnspec.settings.datasets.own import Own


def stratified_split(split: Split, names: Sequence[str], config: Own, where: Path) -> dict[str, Split]:
    """The images to train and to test with, each in their order. `names` are the images' own. Raises UserError.

    A class of several images has at least one on either side, a single image is trained on.
    """
    of_class: dict[int, list[int]] = {}
    for number, label in enumerate(split.labels.tolist()):
        of_class.setdefault(label, []).append(number)
    test: set[int] = set()
    for numbers in of_class.values():
        numbers.sort(key=lambda number: (_rank(names[number], config.seed), number))
        most = len(numbers) - 1
        test.update(numbers[: min(most, max(1, round(config.test * len(numbers))))])
    if not test:
        message = f"{where}: each class has one image, so that none is left for the test"
        raise UserError(message, "Put images to test with there, or more of each class.")
    train = [number for number in range(len(names)) if number not in test]
    return {"train": split.subset(train), "test": split.subset(sorted(test))}


def _rank(name: str, seed: int) -> bytes:
    return blake2b(f"{seed}/{name}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
