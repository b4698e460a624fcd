"""Specs among other files: a file is a spec if it has a line that begins `cnnspec:`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cnnspec.core.plural import plural
from cnnspec.library.specs import ENDINGS, SpecFile, open_spec, shipped, unreadable
from cnnspec.reader.limits import MAX_BYTES

_MARK = re.compile(rb"^(?:\xef\xbb\xbf)?cnnspec:", re.MULTILINE)
_ENVIRONMENT = "pyvenv.cfg"
"""What the top folder of a virtual environment holds."""
_PACKAGES = frozenset({"node_modules", "site-packages", "__pycache__"})
"""Folders of what others wrote, or a program."""


def open_specs(names: Iterable[str], *, only_specs: bool = False) -> Iterator[SpecFile]:
    """Open what each SPEC names; of a folder every spec in it, a subfolder after its files.

    With `only_specs`, files that are no specs are left out, and a folder may be without any.
    """
    for name in names:
        if _is_folder(name):
            yield from _in_folder(name, none_ok=only_specs)
        elif not only_specs or not _is_file(name):
            yield open_spec(name)
        elif may_be_spec(Path(name)):
            yield open_spec(Path(name))._replace(label=name)


def may_be_spec(path: Path) -> bool:
    """Whether a file has a line that begins `cnnspec:`; it may where it can't be read, which checking it tells."""
    try:
        with path.open("rb") as file:
            return _MARK.search(file.read(MAX_BYTES).replace(b"\r", b"\n")) is not None
    except OSError:
        return True


def _is_folder(name: str) -> bool:
    """Whether SPEC is a folder; a name that ships comes first, as it does before a file."""
    with suppress(OSError):  # of a name that is too long
        return Path(name).is_dir() and ("/" in name or shipped(name) is None)
    return False


def _is_file(name: str) -> bool:
    with suppress(OSError):
        return Path(name).is_file()
    return False


def _in_folder(name: str, *, none_ok: bool) -> Iterator[SpecFile]:
    errors: list[OSError] = []
    files = list(_yaml_files(name, errors))
    specs = [file for file in files if may_be_spec(file)]
    for error in errors:
        folder = str(error.filename)
        message = f"the folder can't be read: {error.strerror}"
        yield SpecFile(unreadable(folder, "unreadable-file", message, ""), None, folder)
    yield from map(open_spec, specs)
    if not specs and not errors and not none_ok:
        found = (
            "there is no YAML file"
            if not files
            else f"there is no spec among {plural(len(files), 'YAML file')}"
        )
        hint = (
            "A spec has a line that begins `cnnspec:`. Hidden folders and virtual environments are left out."
        )
        yield SpecFile(unreadable(name, "no-specs", f"{found} in this folder", hint), None, name)


def _yaml_files(folder: str, errors: list[OSError]) -> Iterator[Path]:
    """The YAML files below a folder; links to folders are not followed, so that no circle can be walked."""
    for root, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not _is_left_out(Path(root, name)))
        paths = (Path(root, name) for name in sorted(files) if name.endswith(ENDINGS))
        yield from (path for path in paths if path.is_file())


def _is_left_out(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    return hidden or folder.name in _PACKAGES or (folder / _ENVIRONMENT).is_file()
