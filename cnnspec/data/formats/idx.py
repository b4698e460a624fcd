"""IDX, the format of MNIST's files: a magic number, the sizes, then bytes. Read strictly.

Format: http://yann.lecun.com/exdb/mnist/, "the IDX file format". Big-endian: two zero bytes, the type
(8: unsigned byte), the number of axes, a 32-bit size for each axis, then the values.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.train.data.raw import Part, Pixels

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_MOST = 1_000_000
"""Images of a set that is held in memory."""


class Idx(NamedTuple):
    """Unsigned bytes with their sizes, the last axis varying fastest."""

    sizes: tuple[int, ...]
    values: bytearray


def read_part(
    images: Path, labels: Path, extent: tuple[int, int], classes: int, *, first: int = 0, upright: bool = True
) -> Part:
    """The images and labels of two files that fit each other. Raises UserError naming the file.

    The labels in the file count from `first`; images that are not `upright` are stored column by column.
    """
    pictures, numbers = read(images, rank=3, extent=extent), read(labels, rank=1)
    count = pictures.sizes[0]
    if count != numbers.sizes[0]:
        raise UserError(
            f"{images}: {plural(count, 'image')}, but {labels} holds {plural(numbers.sizes[0], 'label')}"
        )
    if count == 0:
        raise UserError(f"{images}: it holds no images")
    _require_labels(labels, numbers.values, range(first, first + classes))
    values = pictures.values if upright else _turned(pictures.values, extent)
    return Part(Pixels((count, 1, *extent), values), array("q", (label - first for label in numbers.values)))


def _require_labels(path: Path, labels: bytearray, expected: range) -> None:
    found = max(labels) if max(labels) not in expected else min(labels)
    if found not in expected:
        position = labels.index(found)
        message = (
            f"{path}: label {found} at position {position:,}, {expected[0]} to {expected[-1]} are expected"
        )
        raise UserError(message)


def _turned(values: bytearray, extent: tuple[int, int]) -> bytearray:
    """Images stored column by column, row by row."""
    height, width = extent
    turned = bytearray(len(values))
    for row in range(height):
        for column in range(width):
            turned[row * width + column :: height * width] = values[column * height + row :: height * width]
    return turned


def read(path: Path, rank: int, extent: tuple[int, ...] = ()) -> Idx:
    """The values of an IDX file of bytes, gzipped or not, with `rank` axes. Raises UserError.

    What the header says is checked before a value is read: a small gzip file can unpack to any size.
    """
    try:
        with path.open("rb") as file:
            gzipped = file.read(2) == _GZIP
            file.seek(0)
            # GzipFile reads what a BinaryIO reads
            return _parse(
                path, cast("BinaryIO", gzip.GzipFile(fileobj=file)) if gzipped else file, rank, extent
            )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: the gzip file is cut off or damaged ({error})", _AGAIN) from error
    except OSError as error:
        raise UserError(f"{path}: can't be read ({error.strerror or error})") from error


_AGAIN = "Fetch the file again."


def _parse(path: Path, file: BinaryIO, rank: int, extent: tuple[int, ...]) -> Idx:
    magic, expected = file.read(4), bytes((0, 0, 8, rank))
    if magic != expected:
        found = magic.hex(" ") or "nothing"
        message = f"{path}: not an IDX file of bytes along {rank} axes: it starts with {found}, not {expected.hex(' ')}"
        raise UserError(message)
    header = file.read(4 * rank)
    if len(header) < 4 * rank:
        raise UserError(
            f"{path}: {4 + len(header)} bytes long, its header alone takes {4 + 4 * rank}", _AGAIN
        )
    sizes = struct.unpack(f">{rank}I", header)
    if extent and sizes[1:] != extent:
        raise UserError(f"{path}: the images are {_times(sizes[1:])}, {_times(extent)} are expected")
    if sizes[0] > _MOST:
        raise UserError(f"{path}: it claims to hold {sizes[0]:,}, at most {_MOST:,} are read", _AGAIN)
    return Idx(sizes, _values(path, file, sizes))


def _values(path: Path, file: BinaryIO, sizes: Sequence[int]) -> bytearray:
    """As many bytes as the sizes say; chunk by chunk, for a false size could ask for any memory."""
    count, values = math.prod(sizes), bytearray()
    while len(values) <= count and (chunk := file.read(min(_CHUNK, count + 1 - len(values)))):
        values += chunk
    if len(values) != count:
        found = "more" if len(values) > count else f"{len(values):,}"
        wanted = f"{_times(sizes)} = {count:,}" if len(sizes) > 1 else f"{count:,}"
        raise UserError(f"{path}: {wanted} bytes are expected after the header, found {found}", _AGAIN)
    return values


def _times(sizes: Sequence[int]) -> str:
    return "×".join(f"{size:,}" for size in sizes)
