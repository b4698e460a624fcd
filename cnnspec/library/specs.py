"""Where specs are: files, and those that ship with cnnspec, by name."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from cnnspec.compiler.check import Result, check_document, variants
from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.core.suggest import nearest
from cnnspec.fixes.check import check_with_fixes
from cnnspec.reader.document import Document, read_bytes
from cnnspec.reader.limits import MAX_BYTES

STDIN = "stdin"
"""What messages call standard input."""
ENDINGS = (".yaml", ".yml")
"""What the names of YAML files end in."""


class SpecFile(NamedTuple):
    """A spec's document, and the variant of it that was asked for."""

    document: Document
    variant: str | None
    label: str
    """What the user called it."""
    path: Path | None = None
    """The user's file; None for a spec that ships, for standard input, and where there is none."""
    ships: bool = False


def open_spec(spec: str | PathLike[str]) -> SpecFile:
    """Read what SPEC names: a file where it has a slash or ends in .yaml, else a spec that ships; `-` is standard input.

    A file that can't be read is a diagnostic in the document, not an exception.
    """
    label = fspath(spec)
    path, variant = name_and_variant(label)
    if variant is not None and variant.endswith(ENDINGS):
        hint = "What follows an @ is a variant, so a spec's file can't have one in its name."
        return SpecFile(
            unreadable(label, "file-not-found", f"there is no variant {variant}", hint), None, label
        )
    if spec == label and path == "-":
        return SpecFile(read_bytes(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1)), variant, label)
    if "/" in path or "\\" in path or path.endswith(ENDINGS) or not isinstance(spec, str):
        return SpecFile(_read(Path(path), path), variant, label, Path(path))
    network = shipped(path)
    if network is None:
        return SpecFile(_unknown(path), None, label)
    file, implied = network
    if variant is not None and implied is not None:
        return SpecFile(_variant_of_variant(path, variant, file), None, label)
    document = _read(file, f"specs/{file.name}")
    return SpecFile(document, implied if variant is None else variant, label, ships=True)


def check(spec: str | PathLike[str], settings: tuple[str, ...] = ()) -> Result:
    """Check a spec by path or by name."""
    opened = open_spec(spec)
    return check_with_fixes(opened.document, variant=opened.variant, settings=settings)


def shipped_specs() -> dict[str, Path]:
    """The specs that ship, by name."""
    return {path.stem: path for path in sorted(_folder().glob("*.yaml"))}


def shipped_networks() -> dict[str, tuple[Path, str | None]]:
    """Every network that ships, by name: its file and, where a file holds a family, its variant."""
    return {name: (path, variant) for name, path, variant, _ in _networks()}


def shipped_results(text: str = "") -> Iterator[tuple[str, Result]]:
    """Every network that ships and has this text in its name, checked."""
    for name, _, variant, document in _networks():
        if text in name:
            yield name, check_document(document, variant=variant)


def _networks() -> Iterator[tuple[str, Path, str | None, Document]]:
    for stem, path in shipped_specs().items():
        document = _read(path, f"specs/{path.name}")
        family: list[str | None] = [*variants(document)] or [None]
        for variant in family:
            yield variant or stem, path, variant, document


def name_and_variant(label: str) -> tuple[str, str | None]:
    """SPEC@variant, split after the last slash."""
    head, slash, tail = label.rpartition("/")
    name, at, variant = tail.partition("@")
    return head + slash + name, variant if at else None


def _folder() -> Path:
    """`specs/`: inside the package where it is installed, beside it in a checkout."""
    inside = Path(__file__).parent.parent / "specs"
    return inside if inside.is_dir() else inside.parent.parent / "specs"


@cache
def shipped(name: str) -> tuple[Path, str | None] | None:
    """Where a network that ships is, and its variant there; None where there is none of that name. A look at the text spares the reading of all other files."""
    specs = shipped_specs()
    if name in specs:
        return specs[name], None
    key = re.compile(rf"(?<![\w-]){re.escape(name)}:")
    for path in specs.values():
        if key.search(path.read_text("utf-8")) and name in variants(_read(path, path.name)):
            return path, name
    return None


def _unknown(name: str) -> Document:
    source = Source(name)
    here = [path.name for path in Path().glob("*.y*ml")]
    stems = [file for file in here if Path(file).stem == name]
    near = stems[0] if stems else nearest(name, [*shipped_networks(), *shipped_specs(), *here])
    if Path(name).is_dir():
        hint = "That is a folder: name a file in it."
    elif Path(name).exists():
        hint = f"There is a file of that name: write ./{name}."
    elif near:
        hint = f"Did you mean {near}?"
    else:
        hint = "`cnnspec list` tells what ships; a file ends in .yaml."
    message = f"no spec called {name} ships with cnnspec"
    return Document(None, (Diagnostic("unknown-spec", message, Place(source), hint),), source)


def _variant_of_variant(name: str, variant: str, file: Path) -> Document:
    source = Source(name)
    message = f"{name} is itself a variant, of {file.stem}"
    hint = f"Write {file.stem}@{variant}, or {variant}."
    return Document(None, (Diagnostic("unknown-variant", message, Place(source), hint),), source)


def _read(path: Path, name: str) -> Document:
    try:
        if path.is_fifo() and not str(path).startswith("/dev/"):
            return unreadable(name, "not-a-file", "this is a pipe, not a file", "Write what comes to a file.")
        with path.open("rb") as file:
            return read_bytes(name, file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        near = nearest(path.name, [entry.name for entry in _neighbours(path)])
        hint = f"Did you mean {path.with_name(near)}?" if near else "Check the path."
        return unreadable(name, "file-not-found", "there is no such file", hint)
    except IsADirectoryError:
        hint = f"Name the files in it: {path / '*.yaml'}."
        return unreadable(name, "not-a-file", "this is a directory, not a spec", hint)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return unreadable(name, "unreadable-file", f"the file can't be read: {reason}", "")


def _neighbours(path: Path) -> list[Path]:
    try:
        return [entry for entry in path.parent.iterdir() if entry.suffix in ENDINGS]
    except OSError:
        return []


def unreadable(name: str, code: str, message: str, hint: str) -> Document:
    """What stands for a file that could not be read: the reason alone."""
    source = Source(name)
    return Document(None, (Diagnostic(code, message, Place(source), hint),), source)
