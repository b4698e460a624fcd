"""SVHN's cropped digits: two MATLAB files, H×W×C×N bytes with the first axis fastest; the label 10 means 0."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.settings.datasets.published import Svhn
from cnnspec.train.data import matlab
from cnnspec.train.data.found import Wanted, find, root_of
from cnnspec.train.data.raw import Part, Pixels, Raw

NAMES = ("train_32x32.mat", "test_32x32.mat")
_EXTENT = (32, 32, 3)
_ZERO = 10


def read(config: Svhn, input_shape: tuple[int, ...]) -> Raw:
    """The checked bytes of both files. Raises UserError."""
    root = root_of(config)
    files = find(config, [Wanted(NAMES, (root, root / "svhn", root / "SVHN"), gzipped=False)], _fetch)
    train, test = map(_file, files)
    return Raw(train, None, test, config.facts(input_shape).class_names)


def _fetch(datasets: Any, root: Path) -> None:
    for split in ("train", "test"):
        try:
            datasets.SVHN(root, split=split, download=True)
        except ModuleNotFoundError:
            continue  # the file is there; to read it, torchvision would need SciPy, which is not needed here


def _file(path: Path) -> Part:
    found = matlab.read(path, ("X", "y"))
    images, labels = found["X"], found["y"]
    if images.sizes[:3] != _EXTENT:
        sizes, expected = ("×".join(map(str, shape)) for shape in (images.sizes, _EXTENT))
        raise UserError(f"{path}: X is {sizes}, {expected}×N is expected")
    count = len(images.values) // (32 * 32 * 3)
    if count != len(labels.values):
        raise UserError(f"{path}: {plural(count, 'image')}, but {plural(len(labels.values), 'label')}")
    if not count:
        raise UserError(f"{path}: it holds no images")
    wrong = next((position for position, label in enumerate(labels.values) if not 1 <= label <= _ZERO), None)
    if wrong is not None:
        label = labels.values[wrong]
        raise UserError(f"{path}: label {label} at position {wrong:,}, 1 to {_ZERO} are expected")
    pixels = np.frombuffer(images.values, np.uint8).reshape(count, 3, 32, 32).swapaxes(2, 3)
    return Part(
        Pixels((count, 3, 32, 32), bytearray(pixels.tobytes())),
        array("q", (label % _ZERO for label in labels.values)),
    )
