"""CIFAR-10 and CIFAR-100: the binary version, and the one for Python where it is the published one.

Format: https://www.cs.toronto.edu/~kriz/cifar.html. An image is 3,072 bytes, red, then green, then blue. In
the binary version its label stands before it, CIFAR-100's coarse one before the fine one. The other version is
pickled: a pickle can take any memory before anything of it is known, so none is opened but those with a known MD5.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from hashlib import md5
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import Dataset, Labels, Pixels, Split
from cnnspec.data.formats.binary_file import FETCH_AGAIN, opened, read_at_most
from cnnspec.data.formats.download import FileSet, find, root_of
from cnnspec.settings.datasets.published import Cifar, Cifar100

_SHAPE = (3, 32, 32)
_IMAGE = 3072
MOST_BYTES = 1 << 30
"""Of a file; the largest published one has 156 million."""

PUBLISHED = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "train": "16019d7e3df5f24257cddd939b257f8d",
    "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
}
"""The MD5 of each pickled file, as torchvision.datasets.cifar lists them."""


class _Version(NamedTuple):
    """The files of one version, those to train with before the one to test with."""

    folder: str
    names: tuple[str, ...]
    archive: str


_BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
_VERSIONS_10 = (
    _Version("cifar-10-batches-py", _BATCHES, "cifar-10-python.tar.gz"),
    _Version("cifar-10-batches-bin", tuple(f"{name}.bin" for name in _BATCHES), "cifar-10-binary.tar.gz"),
)
_VERSIONS_100 = (
    _Version("cifar-100-python", ("train", "test"), "cifar-100-python.tar.gz"),
    _Version("cifar-100-binary", ("train.bin", "test.bin"), "cifar-100-binary.tar.gz"),
)
"""That which torchvision fetches first."""


def read(config: Cifar, input_shape: tuple[int, ...], published: Mapping[str, str] = PUBLISHED) -> Dataset:
    """The checked bytes of the files; of pickled ones those whose MD5 is in `published`. Raises UserError."""
    names, root = config.facts(input_shape).class_names, root_of(config)
    fine = isinstance(config, Cifar100)
    versions = _VERSIONS_100 if fine else _VERSIONS_10
    file_sets = [FileSet(one.names, (root, root / one.folder), (one.archive,)) for one in versions]
    splits = [
        _split(path, len(names), versions[1].archive, published, fine=fine)
        for path in find(config, file_sets)
    ]
    images, labels = (np.concatenate(parts) for parts in zip(*splits[:-1], strict=True))
    return Dataset(Split(images, labels), None, splits[-1], names)


def _split(path: Path, classes: int, binary: str, published: Mapping[str, str], *, fine: bool) -> Split:
    with opened(path) as file:
        content = read_at_most(file, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UserError(f"{path}: more than {MOST_BYTES:,} bytes are no file of CIFAR's", FETCH_AGAIN)
    name = path.name.removesuffix(".gz")
    if name.endswith(".bin"):
        images, labels = _binary(path, content, fine=fine)
    else:
        _require_published(path, content, published[name], binary)
        images, labels = _pickled(path, content, "fine_labels" if fine else "labels")
    if not len(labels):
        raise UserError(f"{path}: it holds no images", FETCH_AGAIN)
    for position in np.flatnonzero((labels < 0) | (labels >= classes))[:1]:
        message = (
            f"{path}: label {labels[position]} at position {position:,}, 0 to {classes - 1} are expected"
        )
        raise UserError(message)
    return Split(np.ascontiguousarray(images.reshape(-1, *_SHAPE)), labels)


def _binary(path: Path, content: bytearray, *, fine: bool) -> tuple[Pixels, Labels]:
    before = 2 if fine else 1
    row = before + _IMAGE
    count, rest = divmod(len(content), row)
    if rest:
        message = (
            f"{path}: {len(content):,} bytes are {count:,} images of {row:,} bytes and {rest:,} bytes more"
        )
        raise UserError(message, FETCH_AGAIN)
    rows = np.frombuffer(content, np.uint8).reshape(count, row)
    return rows[:, before:], rows[:, before - 1].astype(np.int64)


def _require_published(path: Path, content: bytearray, expected: str, binary: str) -> None:
    found = md5(content, usedforsecurity=False).hexdigest()
    if found != expected:
        message = f"{path}: not the published file: its MD5 is {found}, {expected} is expected"
        hint = f"Fetch the file again, or take the binary version, {binary}: a pickle of other make is not opened."
        raise UserError(message, hint)


class _Unpickler(pickle.Unpickler):
    """Unpickles what an array of NumPy's names, and nothing else."""

    _names: Mapping[tuple[str, str], Any] = {
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module: str, name: str) -> Any:
        """Raises UnpicklingError for another name."""
        if (module, name) not in self._names:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is not data")
        return self._names[module, name]


def _pickled(path: Path, content: bytearray, key: str) -> tuple[Pixels, Labels]:
    try:
        batch = _Unpickler(io.BytesIO(content), encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise UserError(f"{path}: not CIFAR's pickle ({error})", FETCH_AGAIN) from error
    return batch["data"], np.array(batch[key], np.int64)
