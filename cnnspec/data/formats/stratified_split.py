"""A share of each class for the test: which images depends on their names and the seed alone, on no generator."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from cnnspec.core.errors import UserError


def divided(
    names: Sequence[str], labels: Sequence[int], share: float, seed: int, where: Path
) -> tuple[list[int], list[int]]:
    """The numbers of the images to train and to test with, in ascending order. Raises UserError.

    A class of several images has at least one on either side, a lone image is trained on.
    """
    of_class: dict[int, list[int]] = {}
    for number, label in enumerate(labels):
        of_class.setdefault(label, []).append(number)
    test: set[int] = set()
    for numbers in of_class.values():
        numbers.sort(key=lambda number: (_rank(names[number], seed), number))
        most = len(numbers) - 1
        test.update(numbers[: min(most, max(1, round(share * len(numbers))))])
    if not test:
        message = f"{where}: each class has one image, so that none is left for the test"
        raise UserError(message, "Put images to test with there, or more of each class.")
    return [number for number in range(len(labels)) if number not in test], sorted(test)


def _rank(name: str, seed: int) -> bytes:
    return blake2b(f"{seed}/{name}".encode("utf-8", "surrogateescape"), digest_size=8).digest()


def taken(labels: Sequence[int], numbers: Sequence[int]) -> array[int]:
    """The labels that the numbers name."""
    return array("q", (labels[number] for number in numbers))
