"""The digits that ship with cnnspec: every fifth of a class, in the file's order, is for the test.

The split depends on the file alone, on no random number. digits.txt says whose the digits are.
"""

from __future__ import annotations

from array import array
from pathlib import Path

from cnnspec.settings.datasets.published import Digits
from cnnspec.train.data import idx
from cnnspec.train.data.raw import WHITE, Part, Pixels, Raw

FILE = Path(__file__).with_name("digits.idx.gz")
_EVERY = 5
_DARKEST = 16


def read(config: Digits, input_shape: tuple[int, ...]) -> Raw:
    """The 1,442 digits to train and the 355 to test with; pixels from 0 to 255."""
    names = config.facts(input_shape).class_names
    train_rows, test_rows = _split(_rows(), len(names))
    return Raw(_part(train_rows), None, _part(test_rows), names)


def _rows() -> list[bytearray]:
    """A digit each: 64 pixels, row by row, and the label."""
    (count, width), values = idx.read(FILE, rank=2)
    return [values[row * width : (row + 1) * width] for row in range(count)]


def _split(rows: list[bytearray], classes: int) -> tuple[list[bytearray], list[bytearray]]:
    seen = [0] * classes
    train: list[bytearray] = []
    test: list[bytearray] = []
    for row in rows:
        seen[row[-1]] += 1
        (test if seen[row[-1]] % _EVERY == 0 else train).append(row)
    return train, test


def _part(rows: list[bytearray]) -> Part:
    # the file counts dark pixels from 0 to 16; every data set here is in grey levels from 0 to 255
    grey = bytes(min(WHITE, (WHITE * count + 8) // _DARKEST) for count in range(256))
    pixels = bytearray().join(row[:-1] for row in rows).translate(grey)
    return Part(Pixels((len(rows), 1, 8, 8), pixels), array("q", (row[-1] for row in rows)))
