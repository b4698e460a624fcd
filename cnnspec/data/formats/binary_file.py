"""Files of bytes, gzipped or not, read no further than what is asked for. What can't be read is a UserError."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from cnnspec.core.errors import UserError

FETCH_AGAIN = "Fetch the file again."
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped. Raises UserError, also for what goes wrong within."""
    try:
        with path.open("rb") as file:
            gzipped = file.read(2) == _GZIP
            file.seek(0)
            # GzipFile reads what a BinaryIO reads
            yield cast("BinaryIO", gzip.GzipFile(fileobj=file)) if gzipped else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: the gzip file is cut off or damaged ({error})", FETCH_AGAIN) from error
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(f"{path}: can't be read ({reason or error})") from error


def read_at_most(file: BinaryIO, count: int) -> bytearray:
    """So many bytes, or fewer where the file ends; by the chunk, for a false count could ask for any memory."""
    content = bytearray()
    while chunk := file.read(min(_CHUNK, count - len(content))):
        content += chunk
    return content
