"""MATLAB's level 5 files: their arrays of bytes, by name. Read strictly, piece by piece.

Format: "MAT-File Format", MathWorks. A header of 128 bytes, then elements: a type, a size in bytes, the
data, padded to a multiple of eight; small ones take eight bytes in all. A compressed element holds another.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import numpy as np

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import Pixels
from cnnspec.data.formats.binary_file import FETCH_AGAIN, opened

_HEADER = 128
_CHUNK = 1 << 20
_UINT8, _MATRIX, _COMPRESSED = 2, 14, 15
_NUMERIC = range(6, 16)
"""MATLAB's classes of arrays of numbers, from double to uint64."""
_MOST_NAME = 64

_Order: TypeAlias = Literal["little", "big"]


class _BrokenError(ValueError):
    """Why an element can't be read."""


def read(path: Path, names: Collection[str]) -> dict[str, Pixels]:
    """The arrays of these names. Raises UserError."""
    try:
        with opened(path) as file:
            arrays = _arrays(file, names)
    except _BrokenError as error:
        raise UserError(f"{path}: {error}", FETCH_AGAIN) from error
    missing = [name for name in names if name not in arrays]
    if missing:
        raise UserError(f"{path}: it holds no array of bytes called {' or '.join(missing)}", FETCH_AGAIN)
    return arrays


def _arrays(file: BinaryIO, names: Collection[str]) -> dict[str, Pixels]:
    header = file.read(_HEADER)
    if len(header) < _HEADER or header[124:128] not in {b"\0\1IM", b"\1\0MI"}:
        raise _BrokenError("not a MATLAB 5 file")
    order: _Order = "little" if header[126:128] == b"IM" else "big"
    arrays: dict[str, Pixels] = {}
    while len(arrays) < len(names) and (tag := file.read(8)):
        kind, size = _tag(tag, order)
        stream = _Inflated(file, size) if kind == _COMPRESSED else _Plain(file, size)
        reader = _Reader(stream, order)
        if kind == _COMPRESSED:
            kind, _ = _tag(bytes(reader.exactly(8)), order)
        if kind == _MATRIX:
            arrays |= _array(reader, names)
        stream.skip()
    return arrays


def _tag(tag: bytes, order: _Order) -> tuple[int, int]:
    """The type and the size that an element begins with."""
    if len(tag) < 8:  # noqa: PLR2004 -- a tag's bytes
        raise _BrokenError("it is cut off")
    return int.from_bytes(tag[:4], order), int.from_bytes(tag[4:], order)


class _Plain:
    """The bytes of an element as they stand in the file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        chunk = self._file.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk

    def skip(self) -> None:
        """Go to the element's end."""
        while self.read(_CHUNK):
            pass


class _Inflated:
    """The bytes of an element that zlib has compressed."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._plain, self._inflate, self._input = _Plain(file, size), zlib.decompressobj(), b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        while not self._inflate.eof:
            self._input = self._input or self._plain.read(_CHUNK)
            if not self._input:
                break
            try:
                chunk = self._inflate.decompress(self._input, size)
            except zlib.error as error:
                raise _BrokenError(str(error)) from error
            self._input = self._inflate.unconsumed_tail
            if chunk:
                return chunk
        return b""

    def skip(self) -> None:
        """Go to the element's end, without inflating the rest."""
        self._plain.skip()


class _Reader:
    """Elements within an element."""

    def __init__(self, stream: _Plain | _Inflated, order: _Order) -> None:
        self._stream, self.order = stream, order

    def exactly(self, size: int) -> bytearray:
        """So many bytes, chunk by chunk: a false size could ask for any memory."""
        values = bytearray()
        while len(values) < size:
            chunk = self._stream.read(min(_CHUNK, size - len(values)))
            if not chunk:
                raise _BrokenError(f"it is cut off: {size:,} bytes are expected, found {len(values):,}")
            values += chunk
        return values

    def element(self, most: int) -> tuple[int, bytearray]:
        """The type and the bytes of the next element."""
        tag = self.exactly(8)
        kind, size = _tag(bytes(tag), self.order)
        if kind >> 16:  # the size stands beside the type, the data in the tag
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:  # noqa: PLR2004 -- half a tag
                raise _BrokenError(f"a small element of {size} bytes")
            return kind, tag[4 : 4 + size]
        if size > most:
            raise _BrokenError(f"an element of {size:,} bytes where {most:,} are expected")
        values = self.exactly(size)
        if size % 8 and most != size:
            self.exactly(-size % 8)
        return kind, values


def _array(reader: _Reader, names: Collection[str]) -> dict[str, Pixels]:
    """A matrix by its name; nothing where it is not asked for."""
    flags, sizes, name = reader.element(8)[1], reader.element(64)[1], reader.element(_MOST_NAME)[1]
    called = name.decode("ascii", "replace")
    if called not in names:
        return {}
    if not flags or flags[0 if reader.order == "little" else 3] not in _NUMERIC:
        raise _BrokenError(f"{called} is no array of numbers")
    shape = tuple(int.from_bytes(sizes[at : at + 4], reader.order) for at in range(0, len(sizes), 4))
    count = math.prod(shape)
    kind, values = reader.element(count)
    if kind != _UINT8 or len(values) != count:
        raise _BrokenError(f"{called} is no array of {count:,} unsigned bytes")
    return {called: np.frombuffer(values, np.uint8).reshape(shape, order="F")}
