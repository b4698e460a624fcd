"""Where the files of a published data set lie: in a folder, or fetched there by torchvision."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnnspec.core.errors import UserError
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.base import Fetched

DEFAULT_ROOT = Path("data")


class Wanted(NamedTuple):
    """Files that belong together."""

    names: tuple[str, ...]
    folders: tuple[Path, ...]
    """Where they may lie, the likeliest first."""
    archives: tuple[str, ...] = ()
    """What they are published in."""
    gzipped: bool = True
    """Whether a file may be gzipped."""

    def find(self) -> list[Path] | None:
        """All files, or None."""
        found = ([self._file(folder, name) for name in self.names] for folder in self.folders)
        return next(([file for file in files if file] for files in found if all(files)), None)

    def lacking(self, folder: Path) -> list[str]:
        """The names that are not in the folder."""
        return [name for name in self.names if not self._file(folder, name)]

    def _file(self, folder: Path, name: str) -> Path | None:
        candidates = (folder / name, folder / f"{name}.gz")[: 1 + self.gzipped]
        return next((file for file in candidates if file.is_file()), None)


Fetch = Callable[[Any, Path], object]
"""Calls a class of torchvision.datasets, the first argument, to fetch into the folder."""


def find(config: Fetched, wanted: Sequence[Wanted], fetch: Fetch) -> list[Path]:
    """The files of one of the versions that are `wanted`, fetched if the config says so. Raises UserError."""
    files = _first(wanted)
    if files is None and config.download:
        _fetch(config, wanted, fetch)
        files = _first(wanted)
    if files is None:
        raise _missing(config, wanted)
    return files


def root_of(config: Fetched) -> Path:
    """The folder that was written, or the one to look in otherwise."""
    return DEFAULT_ROOT if config.root is None else Path(config.root).expanduser()


def _first(wanted: Sequence[Wanted]) -> list[Path] | None:
    return next((files for version in wanted if (files := version.find())), None)


def _missing(config: Fetched, wanted: Sequence[Wanted]) -> UserError:
    """What is not there: of the folder that has some of the files, or of the likeliest."""
    places = [(version, folder) for version in wanted for folder in version.folders]
    version, folder = max(places, key=lambda place: len(place[0].names) - len(place[0].lacking(place[1])))
    state = (
        "" if folder.is_dir() else ", which is not a folder" if folder.exists() else ", which does not exist"
    )
    lacking = ", ".join(version.lacking(folder)) + (" (or .gz)" if version.gzipped else "")
    message = f"data: {name_of(config)} lacks {lacking} in {folder}{state}"
    return UserError(message, _unpack(wanted) or _by_download(config))


def _unpack(wanted: Sequence[Wanted]) -> str:
    """How to unpack an archive that was fetched by hand."""
    for version in wanted:
        for folder in version.folders:
            for archive in (folder / name for name in version.archives):
                if archive.is_file():
                    tool = "zipfile" if archive.suffix == ".zip" else "tarfile"
                    return f"{archive} is there: unpack it with `python -m {tool} -e {archive} {archive.parent}`."
    return ""


def _by_download(config: Fetched) -> str:
    root = str(root_of(config))
    plain = re.fullmatch(r"[\w./~-]+", root)
    arguments = {"root": root if plain else f'"{root}"', "download": "true"} | {
        name: getattr(config, name) for name in sorted(config.model_fields_set - {"root", "download"})
    }
    setting = ", ".join(f"{name}: {value}" for name, value in arguments.items())
    form = f"{{{name_of(config)}: {{{setting}}}}}"
    return f"To fetch them, write `data: {form}`, or add --set 'data={form}' to the command."


def _fetch(config: Fetched, wanted: Sequence[Wanted], fetch: Fetch) -> None:
    from torchvision import datasets  # noqa: PLC0415 -- imports torch, seconds

    root = root_of(config)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            fetch(datasets, root)
    except (RuntimeError, OSError, ValueError) as error:
        names = ", ".join(wanted[0].names)
        message = f"data: {name_of(config)} can't be fetched into {root} ({_reason(error)})"
        raise UserError(message, f"Put {names} there by hand.") from error


def _reason(error: Exception) -> str:
    """The failure in one line; torchvision tells each mirror's on lines of their own."""
    lines = (line.strip() for line in str(error).splitlines())
    return "; ".join(dict.fromkeys(line for line in lines if line and not line.endswith(":")))
