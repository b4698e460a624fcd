"""Data sets of image files, however they were found: what they are decoded to, and which split is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.core.plural import times
from cnnspec.data.dataset import Dataset, ImageFiles, Split
from cnnspec.data.images.image_files import ImageErrors
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.own import Pictures

SPLITS = {
    "train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
"""What a folder, or a word in a table, says of an image."""


def decoded_shape(config: Pictures, input_shape: tuple[int, ...]) -> tuple[int, int, int]:
    """What the images are decoded to: C, H, W. Raises UserError where the network takes none."""
    shape = config.shape(input_shape)
    if shape is None or len(input_shape) != len(shape) or input_shape[0] not in config.channels:
        listed = ", ".join(f"{channels} ({meaning})" for channels, meaning in config.channels.items())
        message = (
            f"the network takes {times(input_shape)}, an image of {name_of(config)} is read "
            f"with one of {listed} channels"
        )
        raise UserError(message, "Write `input: [3, 224, 224]`, say.")
    channels, height, width = shape
    return channels, height, width


def file_split(
    paths: Sequence[Path], labels: Sequence[int], shape: tuple[int, int, int], config: Pictures
) -> Split:
    """Image files and their labels."""
    return Split(ImageFiles(tuple(paths), shape, config.resize), np.array(labels, np.int64))


def image_dataset(
    splits: Mapping[str, Split], names: Sequence[str], config: Pictures, errors: ImageErrors
) -> Dataset:
    """The data set of splits that are called train, val and test; where there is no test, val is it."""
    for name, split in splits.items():
        if not len(split.labels):
            message = f"data: {name_of(config)}: no image of {name} can be read"
            raise UserError(message, "; ".join(errors.skipped[:3]))
    validation = splits["val"] if "val" in splits and "test" in splits else None
    test = splits.get("test") or splits["val"]
    skipped = tuple(errors.skipped)
    return Dataset(splits["train"], validation, test, tuple(names), skipped, config.on_bad, config.resize)
