"""Files written atomically: to a temporary file beside them, synced to the disk, then renamed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cnnspec.core.errors import UserError


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path`; a reader sees all of it, or what was there before. Raises UserError."""
    beside = path.with_name(f".{path.name}.tmp")
    try:
        try:
            _write_to_disk(beside, content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from error


def write_text(path: Path, text: str) -> None:
    """As `write`, for a text, in UTF-8."""
    write(path, text.encode())


def append_row(path: Path, row: dict[str, float | int | None]) -> None:
    """Append a line of JSON. Raises UserError."""
    append_line(path, json.dumps(row, allow_nan=False))


def append_line(path: Path, line: str) -> None:
    """Append a line, in UTF-8. Raises UserError."""
    try:
        with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise _cannot_write(path, error) from error


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(f"{path}: can't be written ({error.strerror or error})")
