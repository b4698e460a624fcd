"""Image files listed in a table: `path`, `label` and perhaps `split`. Whatever is wrong is told with its line."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.data.class_count import require_two_classes
from cnnspec.data.dataset import Dataset, Split
from cnnspec.data.formats.image_dataset import SPLITS, decoded_shape, file_split, image_dataset
from cnnspec.data.formats.stratified_split import stratified_split
from cnnspec.data.formats.user_path import user_path
from cnnspec.data.images.image_files import ImageErrors, is_file
from cnnspec.settings.datasets.own import Csv

_COLUMNS = ("path", "label")
_HEADER = "Let the first line be `path,label`, or `path,label,split`."
_QUOTED = "A text with a separator in it stands between quotation marks."
_DELIMITERS = ",;\t"


class Row(NamedTuple):
    """An image of the table."""

    place: str
    """`FILE:LINE`."""
    written: str
    path: Path
    label: str
    split: str


def read(config: Csv, input_shape: tuple[int, ...]) -> Dataset:
    """The files and their labels; none is opened. Raises UserError."""
    file = user_path(config.file)
    root = file.parent if config.root is None else user_path(config.root)
    if config.root is not None and not root.is_dir():
        message = f"data: csv: root is {root}, which is no folder"
        raise UserError(message, "Leave it out where paths start at the table's own folder.")
    shape, errors = decoded_shape(config, input_shape), ImageErrors(skip=config.on_bad == "skip")
    rows = list(_rows(file, root))
    if not rows:
        raise UserError(f"{file}: it lists no image", "Write a line for each, below the first one.")
    _require_one_use(rows)
    rows = [row for row in rows if is_file(row.path, errors, f"{row.place}: {row.path}")]
    names = _class_names(rows)
    require_two_classes(names, file)
    numbers = {name: number for number, name in enumerate(names)}
    whole = file_split([row.path for row in rows], [numbers[row.label] for row in rows], shape, config)
    return image_dataset(_splits(rows, whole, config, file), names, config, errors)


def _splits(rows: Sequence[Row], whole: Split, config: Csv, file: Path) -> dict[str, Split]:
    if not rows[0].split:
        return stratified_split(whole, [row.written for row in rows], config, file)
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        numbers.setdefault(row.split, []).append(number)
    if "train" not in numbers or len(numbers) == 1:
        missing = "to train with" if "train" not in numbers else "to test with"
        raise UserError(
            f"{file}: no image {missing}: split is {', '.join(sorted(numbers))} alone",
            "Let split be train or test, and val if need be; or leave the column out.",
        )
    trained = {rows[number].label for number in numbers["train"]}
    for row in rows:
        if row.label not in trained:
            message = f"{row.place}: label {row.label} is no class of those to train with"
            raise UserError(message, "Each class must have images to train with.")
    return {split: whole.subset(members) for split, members in numbers.items()}


def _class_names(rows: Sequence[Row]) -> list[str]:
    """The classes: by number where all labels are numbers, else by name. Raises UserError."""
    names = sorted({row.label for row in rows})
    if not all(name.removeprefix("-").isdecimal() and name.isascii() for name in names):
        return names
    for row in rows:
        if row.label.startswith("-"):
            raise UserError(f"{row.place}: label {row.label}, whole numbers from 0 are expected, or names")
    return sorted(names, key=lambda name: (int(name), name))


def _rows(file: Path, root: Path) -> Iterator[Row]:
    """The rows as they are written. Raises UserError."""
    line = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            reader = csv.reader(chain([head], lines), strict=True, delimiter=_delimiter(head))
            names = next(reader, [])
            columns = _columns(file, names)
            for cells in reader:
                line = reader.line_num
                if cells:
                    _require_width(f"{file}:{line}", cells, columns, len(names))
                    yield _row(f"{file}:{line}", cells, columns, root)
    except UnicodeDecodeError as error:
        message = f"{file}: not UTF-8 ({error.reason} at byte {error.start:,})"
        raise UserError(message, "Save the table as UTF-8.") from error
    except csv.Error as error:
        raise UserError(f"{file}:{line + 1}: not a table ({error})") from error
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"data: csv: {file}: can't be read ({reason or error})"
        raise UserError(message, "A path starts where the command runs.") from error


def _delimiter(head: str) -> str:
    """What stands between the cells: in some countries' spreadsheets a semicolon."""
    return max(_DELIMITERS, key=head.count)


def _columns(file: Path, head: Sequence[str]) -> dict[str, int]:
    """Where each of our columns stands. Raises UserError."""
    names = [name.strip().lower() for name in head]
    shown = ", ".join(names[:10]) or "empty"
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        message = f"{file}:1: no column is called {' or '.join(missing)}, the first line is {shown}"
        raise UserError(message, _HEADER)
    twice = [name for name in (*_COLUMNS, "split") if names.count(name) > 1]
    if twice:
        raise UserError(f"{file}:1: two columns are called {twice[0]}", _HEADER)
    return {name: names.index(name) for name in (*_COLUMNS, "split") if name in names}


def _require_width(place: str, cells: Sequence[str], columns: dict[str, int], width: int) -> None:
    """Raise UserError for a row that lacks a cell that is read, or has one that no column is for."""
    if len(cells) <= max(columns.values()):
        message = f"{place}: {plural(len(cells), 'cell')}, column {max(columns.values()) + 1} is needed"
        raise UserError(message, _QUOTED)
    if any(cell.strip() for cell in cells[width:]):
        message = f"{place}: {plural(len(cells), 'cell')}, the first line names {plural(width, 'column')}"
        raise UserError(message, _QUOTED)


def _row(place: str, cells: Sequence[str], columns: dict[str, int], root: Path) -> Row:
    found = {name: cells[number].strip() for name, number in columns.items()}
    if empty := [name for name, value in found.items() if not value]:
        raise UserError(f"{place}: {empty[0]} is empty")
    if "\0" in found["path"]:
        raise UserError(f"{place}: the path has a NUL in it")
    split = found.get("split", "")
    if split and split.lower() not in SPLITS:
        raise UserError(f"{place}: split is {split}, it must be train, val or test")
    path = root / user_path(found["path"])
    return Row(place, found["path"], path, found["label"], SPLITS.get(split.lower(), ""))


def _require_one_use(rows: Sequence[Row]) -> None:
    """Raise UserError where an image is listed twice: it could be trained on and tested with."""
    seen: dict[str, Row] = {}
    for row in rows:
        other = seen.setdefault(os.path.normpath(row.path), row)
        if other is not row:
            differs = "label" if other.label != row.label else "split" if other.split != row.split else ""
            how = f", with another {differs}" if differs else ""
            raise UserError(
                f"{row.place}: {row.written} is in {other.place} too{how}", "Keep one of the two lines."
            )
