"""CIFAR-10 and CIFAR-100: the binary version, and the one for Python, whose pickles are read as data alone.

Format: https://www.cs.toronto.edu/~kriz/cifar.html. An image is 3,072 bytes, red, then green, then blue. In
the binary version its label stands before it, CIFAR-100's coarse one before the fine one.
"""

from __future__ import annotations

import gzip
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.settings.datasets.published import Cifar, Cifar100
from cnnspec.train.data.found import Wanted, find, root_of
from cnnspec.train.data.raw import Part, Pixels, Raw
from cnnspec.train.data.unpickle import Array, UnreadableError, unpickled

_IMAGE = 3072
_MOST = 1 << 30
"""Bytes of a file; the largest published one has 185 million."""
_AGAIN = "Fetch the file again."


class _Version(NamedTuple):
    """The files of one version, those to train with before the one to test with."""

    folder: str
    names: tuple[str, ...]
    archive: str


_PYTHON_10 = _Version(
    "cifar-10-batches-py",
    (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"),
    "cifar-10-python.tar.gz",
)
_BINARY_10 = _Version(
    "cifar-10-batches-bin", tuple(f"{name}.bin" for name in _PYTHON_10.names), "cifar-10-binary.tar.gz"
)
_PYTHON_100 = _Version("cifar-100-python", ("train", "test"), "cifar-100-python.tar.gz")
_BINARY_100 = _Version("cifar-100-binary", ("train.bin", "test.bin"), "cifar-100-binary.tar.gz")


def read(config: Cifar, input_shape: tuple[int, ...]) -> Raw:
    """The checked bytes of the files. Raises UserError."""
    names = config.facts(input_shape).class_names
    fine = isinstance(config, Cifar100)
    files = find(config, wanted(config), _fetching(config))
    parts = [_file(path, len(names), fine=fine) for path in files]
    return Raw(_joined(parts[:-1]), None, parts[-1], names)


def wanted(config: Cifar) -> list[Wanted]:
    """Both versions, that which torchvision fetches first."""
    root = root_of(config)
    versions = (_PYTHON_100, _BINARY_100) if isinstance(config, Cifar100) else (_PYTHON_10, _BINARY_10)
    return [Wanted(version.names, (root, root / version.folder), (version.archive,)) for version in versions]


def _fetching(config: Cifar) -> Any:
    name = "CIFAR100" if isinstance(config, Cifar100) else "CIFAR10"
    return lambda datasets, root: getattr(datasets, name)(root, download=True)


def _file(path: Path, classes: int, *, fine: bool) -> Part:
    content = _content(path)
    binary = path.name.removesuffix(".gz").endswith(".bin")
    labels, values = _binary(path, content, fine=fine) if binary else _pickled(path, content, fine=fine)
    if not labels:
        raise UserError(f"{path}: it holds no images", _AGAIN)
    for position, label in enumerate(labels):
        if not 0 <= label < classes:
            message = f"{path}: label {label} at position {position:,}, 0 to {classes - 1} are expected"
            raise UserError(message)
    return Part(Pixels((len(labels), 3, 32, 32), values), labels)


def _content(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(_MOST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: the gzip file is cut off or damaged ({error})", _AGAIN) from error
    except OSError as error:
        raise UserError(f"{path}: can't be read ({error.strerror or error})") from error
    if len(content) > _MOST:
        raise UserError(f"{path}: more than {_MOST:,} bytes are no file of CIFAR's", _AGAIN)
    return content


def _binary(path: Path, content: bytes, *, fine: bool) -> tuple[array[int], bytearray]:
    before = 2 if fine else 1
    row = before + _IMAGE
    count, rest = divmod(len(content), row)
    if rest:
        message = (
            f"{path}: {len(content):,} bytes are {count:,} images of {row:,} bytes and {rest:,} bytes more"
        )
        raise UserError(message, _AGAIN)
    values = bytearray().join(content[start + before : start + row] for start in range(0, len(content), row))
    return array("q", list(content[before - 1 :: row])), values


def _pickled(path: Path, content: bytes, *, fine: bool) -> tuple[array[int], bytearray]:
    key = "fine_labels" if fine else "labels"
    try:
        found = unpickled(content)
    except UnreadableError as error:
        raise UserError(f"{path}: not CIFAR's pickle ({error})", _AGAIN) from error
    data, labels = _item(found, "data"), _item(found, key)
    if not isinstance(data, Array) or data.shape[1:] != (_IMAGE,):
        raise UserError(f"{path}: its `data` is no array of N×{_IMAGE:,} bytes", _AGAIN)
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise UserError(f"{path}: its `{key}` are no list of whole numbers", _AGAIN)
    if len(labels) != data.shape[0]:
        raise UserError(
            f"{path}: {plural(data.shape[0], 'image')}, but {plural(len(labels), 'label')}", _AGAIN
        )
    if labels and not 0 <= min(labels) <= max(labels) < 1 << 63:
        raise UserError(f"{path}: labels from {min(labels)} to {max(labels)}", _AGAIN)
    return array("q", labels), bytearray(data.values)


def _item(found: object, key: str) -> object:
    """By its name as Python 2 wrote it, or as Python 3 does with bytes."""
    return found.get(key, found.get(key.encode())) if isinstance(found, dict) else None


def _joined(parts: Sequence[Part]) -> Part:
    values, labels, count = bytearray(), array("q"), 0
    for part in parts:
        assert isinstance(part.images, Pixels)
        values += part.images.values
        labels += part.labels
        count += part.images.sizes[0]
    return Part(Pixels((count, 3, 32, 32), values), labels)
