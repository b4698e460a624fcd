"""Data sets in memory. `read` opens and checks the files without torch; `load` makes tensors of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cnnspec.language.datasets import Data, Digits, FashionMnist, Mnist
from cnnspec.train.data import digits, mnist
from cnnspec.train.data.idx import Raw

if TYPE_CHECKING:
    from cnnspec.train.data.dataset import Dataset

READERS: Mapping[type[Data], Callable[[Any], Raw]] = {
    Digits: digits.read,
    Mnist: mnist.read,
    FashionMnist: mnist.read,
}


def read(config: Data) -> Raw:
    """The files of a data set as checked bytes. Raises UserError."""
    return READERS[type(config)](config)


def load(config: Data) -> Dataset:
    """A data set as tensors. Raises UserError."""
    from cnnspec.train.data.dataset import as_tensors  # noqa: PLC0415 -- imports torch

    return as_tensors(read(config))
