"""Image files under a folder: known by their names, found once each, in the order of their paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural

SUFFIXES = frozenset(
    (
        ".apng", ".avif", ".bmp", ".dib", ".gif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm",
        ".pcx", ".pgm", ".png", ".pnm", ".ppm", ".sgi", ".tga", ".tif", ".tiff", ".webp",
    )
)  # fmt: skip


class ImageErrors:
    """What can't be read: an error, or with `skip` left out and noted."""

    def __init__(self, *, skip: bool) -> None:
        self._skip = skip
        self.skipped: list[str] = []

    def add(self, message: str) -> None:
        """Raise UserError, or note that it was left out."""
        if not self._skip:
            raise UserError(message, "Mend it or take it out; `on_bad: skip` leaves such images out.")
        self.skipped.append(message)


class Listing(NamedTuple):
    """What lies in a folder, without what is hidden."""

    folders: list[Path]
    images: list[Path]
    others: list[Path]


def list_folder(folder: Path) -> Listing:
    """The folder's entries, each sort in the order of names. Raises UserError."""
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise UserError(f"{folder}: can't be read ({error.strerror or error})") from error
    listing = Listing([], [], [])
    for path in paths:
        images = listing.images if path.suffix.lower() in SUFFIXES else listing.others
        (listing.folders if os.path.isdir(path) else images).append(path)  # noqa: PTH112 -- false for a link to itself
    return listing


def identity(folder: Path) -> tuple[int, int]:
    """The same for each path that leads to the folder."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def images_below(folder: Path, errors: ImageErrors, above: frozenset[tuple[int, int]]) -> list[Path]:
    """Every image at any depth. A folder that was seen, or is `above`, is not gone into: links may lead in circles.

    Raises UserError where there is none.
    """
    seen, waiting = set(above), [folder]
    images: list[Path] = []
    others: list[Path] = []
    while waiting:
        inner = waiting.pop()
        if identity(inner) in seen:
            continue
        seen.add(identity(inner))
        listing = list_folder(inner)
        waiting += listing.folders
        images += listing.images
        others += listing.others
    if not images:
        raise UserError(
            f"{folder}: no image is in it{_other_files_text(others)}", "Take the folder out, or fill it."
        )
    return [path for path in sorted(images) if is_file(path, errors, str(path))]


def is_file(path: Path, errors: ImageErrors, place: str) -> bool:
    """Whether there is a file; if not, it is an error at `place`."""
    if path.is_file():
        return True
    what = "it is no file" if path.exists() else "there is no such file"
    errors.add(f"{place}: {'a link that leads nowhere' if path.is_symlink() and not path.exists() else what}")
    return False


def _other_files_text(others: list[Path]) -> str:
    if not others:
        return ""
    return f", but {plural(len(others), 'other file')}, such as {others[0].name}"
