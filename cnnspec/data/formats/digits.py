"""The digits that ship with cnnspec: every fifth of a class, in the file's order, is for the test.

The split depends on the file alone, on no random number. digits.txt says whose the digits are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnnspec.data.dataset import WHITE, Dataset, Split
from cnnspec.data.formats import idx
from cnnspec.settings.datasets.published import Digits

FILE = Path(__file__).with_name("digits.idx.gz")
_EVERY = 5
_DARKEST = 16


def read(config: Digits, input_shape: tuple[int, ...]) -> Dataset:
    """The 1,442 digits to train and the 355 to test with; pixels from 0 to 255."""
    names = config.facts(input_shape).class_names
    rows = idx.read(FILE, rank=2)  # a digit each: 64 pixels, row by row, and the label
    labels = rows[:, -1].astype(np.int64)
    # the file counts dark pixels from 0 to 16; every data set here is in grey levels from 0 to 255
    pixels = (WHITE * rows[:, :-1].astype(np.uint16) + _DARKEST // 2) // _DARKEST
    whole = Split(pixels.astype(np.uint8).reshape(-1, 1, 8, 8), labels)
    test = np.sort(
        np.concatenate([np.flatnonzero(labels == label)[_EVERY - 1 :: _EVERY] for label in range(len(names))])
    )
    train = np.setdiff1d(np.arange(len(labels)), test)
    return Dataset(whole.subset(train.tolist()), None, whole.subset(test.tolist()), names)
