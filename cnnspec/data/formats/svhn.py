"""SVHN's cropped digits: two MATLAB files, H×W×C×N bytes with the first axis fastest; the label 10 means 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural, times
from cnnspec.data.dataset import Dataset, Split
from cnnspec.data.formats import matlab
from cnnspec.data.formats.download import FileSet, find, root_of
from cnnspec.settings.datasets.published import Svhn

NAMES = ("train_32x32.mat", "test_32x32.mat")
_EXTENT = (32, 32, 3)
_ZERO = 10


def read(config: Svhn, input_shape: tuple[int, ...]) -> Dataset:
    """The checked bytes of both files. Raises UserError."""
    root = root_of(config)
    file_set = FileSet(NAMES, (root, root / "svhn", root / "SVHN"), gzipped=False)
    train, test = map(_split, find(config, [file_set], [{"split": "train"}, {"split": "test"}]))
    return Dataset(train, None, test, config.facts(input_shape).class_names)


def _split(path: Path) -> Split:
    arrays = matlab.read(path, ("X", "y"))
    images, labels = arrays["X"], arrays["y"].ravel()
    if images.shape[:3] != _EXTENT:
        raise UserError(f"{path}: X is {times(images.shape)}, {times(_EXTENT)}×N is expected")
    count = images.size // (32 * 32 * 3)
    if count != labels.size:
        raise UserError(f"{path}: {plural(count, 'image')}, but {plural(labels.size, 'label')}")
    if not count:
        raise UserError(f"{path}: it holds no images")
    for position in np.flatnonzero((labels < 1) | (labels > _ZERO))[:1]:
        message = f"{path}: label {labels[position]} at position {position:,}, 1 to {_ZERO} are expected"
        raise UserError(message)
    images_NCHW = images.reshape((*_EXTENT, count), order="F").transpose(3, 2, 0, 1)
    return Split(np.ascontiguousarray(images_NCHW), labels.astype(np.int64) % _ZERO)
