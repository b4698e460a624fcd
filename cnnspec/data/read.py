"""A data set's files become a Dataset, by the reader that its declaration names."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from cnnspec.core.errors import UserError
from cnnspec.core.plural import times
from cnnspec.data.dataset import Dataset
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.base import Data


def read_dataset(config: Data, input_shape: tuple[int, ...]) -> Dataset:
    """A data set for a network that takes `input_shape` (C, H, W). Raises UserError.

    The reader is a module of `formats`, imported when it is needed, with a function like this one.
    """
    reader = import_module(f"cnnspec.data.formats.{config.reader}")
    dataset = cast("Dataset", reader.read(config, input_shape))
    shape = dataset.train.image_shape
    if shape != input_shape:
        message = (
            f"the images of {name_of(config)} are {times(shape)}, the network takes {times(input_shape)}"
        )
        raise UserError(message, f"Write `input: {list(shape)}`.")
    return dataset
