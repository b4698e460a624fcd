"""IDX, the format of MNIST's files: a magic number, the sizes, then bytes. Read strictly.

Format: http://yann.lecun.com/exdb/mnist/, "the IDX file format". Big-endian: two zero bytes, the type
(8: unsigned byte), the number of axes, a 32-bit size for each axis, then the values.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural, times
from cnnspec.data.dataset import Dataset, Pixels, Split
from cnnspec.data.formats.binary_file import FETCH_AGAIN, opened, read_at_most

_MOST = 1_000_000
"""Images of a set that is held in memory."""
_EXTENT = (28, 28)


def read_dataset(files: Sequence[Path], class_names: tuple[str, ...], first: int = 0) -> Dataset:
    """The data set of four files: images and labels to train with, then to test with. Raises UserError.

    The labels in the files count from `first`.
    """
    labels = range(first, first + len(class_names))
    train_images, train_labels, test_images, test_labels = files
    train, test = _split(train_images, train_labels, labels), _split(test_images, test_labels, labels)
    return Dataset(train, None, test, class_names)


def _split(images_file: Path, labels_file: Path, expected: range) -> Split:
    images, labels = read(images_file, rank=3, extent=_EXTENT), read(labels_file, rank=1)
    if len(images) != len(labels):
        message = f"{images_file}: {plural(len(images), 'image')}, but {labels_file} holds {plural(len(labels), 'label')}"
        raise UserError(message)
    if not len(images):
        raise UserError(f"{images_file}: it holds no images")
    wrong = np.flatnonzero((labels < expected[0]) | (labels > expected[-1]))
    if len(wrong):
        position = int(wrong[0])
        label = labels[position]
        message = f"{labels_file}: label {label} at position {position:,}, {expected[0]} to {expected[-1]} are expected"
        raise UserError(message)
    return Split(images.reshape(-1, 1, *_EXTENT), labels.astype(np.int64) - expected[0])


def read(path: Path, rank: int, extent: tuple[int, ...] = ()) -> Pixels:
    """The values of an IDX file of bytes, gzipped or not, with `rank` axes, of which the later are `extent`.

    What the header says is checked before a value is read: a small gzip file can unpack to any size. Raises UserError.
    """
    with opened(path) as file:
        sizes = _sizes(path, file, rank, extent)
        count = math.prod(sizes)
        values = read_at_most(file, count + 1)
    if len(values) != count:
        found = "more" if len(values) > count else f"{len(values):,}"
        expected = f"{times(sizes)} = {count:,}" if rank > 1 else f"{count:,}"
        raise UserError(f"{path}: {expected} bytes are expected after the header, found {found}", FETCH_AGAIN)
    return np.frombuffer(values, np.uint8).reshape(sizes)


def _sizes(path: Path, file: BinaryIO, rank: int, extent: tuple[int, ...]) -> tuple[int, ...]:
    magic, expected = file.read(4), bytes((0, 0, 8, rank))
    if magic != expected:
        start = magic.hex(" ") or "nothing"
        message = f"{path}: not an IDX file of bytes along {rank} axes: it starts with {start}, not {expected.hex(' ')}"
        raise UserError(message)
    header = file.read(4 * rank)
    if len(header) < 4 * rank:
        message = f"{path}: {4 + len(header)} bytes long, its header alone takes {4 + 4 * rank}"
        raise UserError(message, FETCH_AGAIN)
    sizes = struct.unpack(f">{rank}I", header)
    if extent and sizes[1:] != extent:
        raise UserError(f"{path}: the images are {times(sizes[1:])}, {times(extent)} are expected")
    if sizes[0] > _MOST:
        raise UserError(f"{path}: it claims to hold {sizes[0]:,}, at most {_MOST:,} are read", FETCH_AGAIN)
    return sizes
