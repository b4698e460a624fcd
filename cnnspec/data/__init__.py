"""Data sets, read and checked without torch; what decodes and holds them are the modules beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from cnnspec.core.errors import UserError
from cnnspec.settings.datasets import name_of
from cnnspec.train.data.outputs import check_outputs, spare_outputs

if TYPE_CHECKING:
    from cnnspec.settings.datasets.base import Data
    from cnnspec.train.data.raw import Raw

__all__ = ["READERS", "check_outputs", "read", "spare_outputs"]

READERS: Mapping[str, str] = {
    "digits": "digits",
    "mnist": "mnist",
    "fashion_mnist": "mnist",
    "kmnist": "mnist",
    "emnist": "mnist",
    "cifar10": "cifar",
    "cifar100": "cifar",
    "svhn": "svhn",
    "image_folder": "folders",
    "csv": "table",
    "npz": "npz",
    "fake": "fake",
}
"""The module here that reads a data set; imported when it is read, for some take NumPy or Pillow."""


def read(config: Data, input_shape: tuple[int, ...]) -> Raw:
    """A data set for a network that takes `input_shape` (C, H, W). Raises UserError."""
    name = name_of(config)
    raw = cast("Raw", import_module(f"{__name__}.{READERS[name]}").read(config, input_shape))
    found = raw.train.images.shape
    if found != input_shape:
        shown = ["×".join(map(str, sizes)) for sizes in (found, input_shape)]
        message = f"the images of {name} are {shown[0]}, the network takes {shown[1]}"
        raise UserError(message, f"Write `input: {list(found)}`.")
    return raw
