"""The files of a published data set: found in a folder, or downloaded there by torchvision."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cnnspec.core.errors import UserError
from cnnspec.data.formats.user_path import user_path
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.base import Fetched

DEFAULT_ROOT = Path("data")


class FileSet(NamedTuple):
    """Files that belong together."""

    names: Sequence[str]
    folders: Sequence[Path]
    """Where they may lie, the likeliest first."""
    archives: tuple[str, ...] = ()
    """What they are published in."""
    gzipped: bool = True
    """Whether a file may be gzipped."""

    def find(self) -> list[Path] | None:
        """All files, or None."""
        found = ([self._file(folder, name) for name in self.names] for folder in self.folders)
        return next(([file for file in files if file] for files in found if all(files)), None)

    def missing(self, folder: Path) -> list[str]:
        """The names that are not in the folder."""
        return [name for name in self.names if not self._file(folder, name)]

    def _file(self, folder: Path, name: str) -> Path | None:
        candidates = (folder / name, folder / f"{name}.gz")[: 1 + self.gzipped]
        return next((file for file in candidates if file.is_file()), None)


def find(
    config: Fetched, versions: Sequence[FileSet], downloads: Sequence[Mapping[str, str]] = ({},)
) -> list[Path]:
    """The files of one of the versions, downloaded if the config says so. Raises UserError.

    `downloads`: the arguments of each call of torchvision's class that it takes.
    """
    files = _first(versions)
    if files is None and config.download:
        _download(config, versions[0].names, downloads)
        files = _first(versions)
    if files is None:
        raise _missing(config, versions)
    return files


def root_of(config: Fetched) -> Path:
    """The folder that was written, or the one to look in otherwise."""
    return DEFAULT_ROOT if config.root is None else user_path(config.root)


def _first(versions: Sequence[FileSet]) -> list[Path] | None:
    return next((files for version in versions if (files := version.find())), None)


def _missing(config: Fetched, versions: Sequence[FileSet]) -> UserError:
    """What is not there: of the folder that has some of the files, or of the likeliest."""
    places = [(version, folder) for version in versions for folder in version.folders]
    version, folder = max(places, key=lambda place: len(place[0].names) - len(place[0].missing(place[1])))
    state = (
        "" if folder.is_dir() else ", which is not a folder" if folder.exists() else ", which does not exist"
    )
    missing = ", ".join(version.missing(folder)) + (" (or .gz)" if version.gzipped else "")
    message = f"data: {name_of(config)} lacks {missing} in {folder}{state}"
    return UserError(message, _unpack(versions) or _by_download(config))


def _unpack(versions: Sequence[FileSet]) -> str:
    """How to unpack an archive that was fetched by hand."""
    for version in versions:
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


def _download(config: Fetched, names: Sequence[str], downloads: Sequence[Mapping[str, str]]) -> None:
    from torchvision import datasets  # noqa: PLC0415 -- imports torch, seconds

    root = root_of(config)
    try:
        for arguments in downloads:
            # the files are there by the time that torchvision lacks SciPy to read them
            with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(ModuleNotFoundError):
                getattr(datasets, config.torchvision)(root, download=True, **arguments)
    except (RuntimeError, OSError, ValueError) as error:
        message = f"data: {name_of(config)} can't be fetched into {root} ({_reason(error)})"
        raise UserError(message, f"Put {', '.join(names)} there by hand.") from error


def _reason(error: Exception) -> str:
    """The failure in one line; torchvision tells each mirror's on lines of their own."""
    lines = (line.strip() for line in str(error).splitlines())
    return "; ".join(dict.fromkeys(line for line in lines if line and not line.endswith(":")))
