"""Image files in a folder for each class, below train, val and test or not. Labels follow the order of names."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from cnnspec.core.errors import UserError
from cnnspec.settings.datasets.own import ImageFolder
from cnnspec.train.data.listing import Bad, found_in, identity, images_under
from cnnspec.train.data.pictures import raw_of, require_classes, shape_of
from cnnspec.train.data.raw import Raw
from cnnspec.train.data.share import divided, taken

PARTS = {
    "train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
"""What a folder, or a word in a table, says of an image."""


def read(config: ImageFolder, input_shape: tuple[int, ...]) -> Raw:
    """The files and their labels; none is opened. Raises UserError."""
    root = Path(config.root).expanduser()
    if not root.is_dir():
        state = "it is no folder" if root.exists() else "there is no such folder"
        raise UserError(f"data: image_folder: {root}: {state}", "A path starts where the command runs.")
    shape = shape_of(config, input_shape)
    bad, parts = Bad(config), _parts_of(root)
    found = {part: _classes_in(folder, bad) for part, folder in (parts or {"": root}).items()}
    names = sorted(next(iter(found.values())))
    require_classes(names, root)
    images = {part: _numbered(classes, names, root) for part, classes in found.items()}
    if not parts:
        images = _shared(*images[""], config, root)
    return raw_of(images, names, shape, config, bad)


def _parts_of(root: Path) -> dict[str, Path]:
    """The folders of train, val and test, train first; none where the folders are classes. Raises UserError."""
    folders = found_in(root).folders
    parts: dict[str, Path] = {}
    for folder in folders:
        part = PARTS.get(folder.name.lower())
        if part in parts:
            message = f"data: image_folder: {root}: {parts[part].name} and {folder.name} are the same part"
            raise UserError(message, "Keep one of them.")
        if part:
            parts[part] = folder
    if "train" in parts and len(parts) > 1 and found_in(parts["train"]).folders:
        return {part: parts[part] for part in ("train", "val", "test") if part in parts}
    if parts and len(parts) == len(folders) and any(found_in(folder).folders for folder in folders):
        _refuse(root, parts)
    return {}


def _refuse(root: Path, parts: Mapping[str, Path]) -> None:
    """Say which part is missing of a folder that is divided."""
    held = " and ".join(folder.name for folder in parts.values())
    lacking = "test nor val" if "train" in parts else "train"
    hint = (
        f"Write `root: {parts['train']}`: a share of each class is the test then."
        if "train" in parts
        else "Put the images to train with in train/CLASS/."
    )
    neither = "neither" if "train" in parts else "no"
    raise UserError(f"data: image_folder: {root}: it holds {held}, {neither} {lacking}", hint)


def _classes_in(folder: Path, bad: Bad) -> dict[str, list[Path]]:
    """The images of each class. Raises UserError where there is no class, or one without images."""
    found = found_in(folder)
    above = frozenset([identity(folder)])
    classes = [inner for inner in found.folders if identity(inner) not in above]
    if not classes:
        message = f"data: image_folder: {folder}: no folder is in it, there must be one for each class"
        raise UserError(message, f"Put images in {folder}/CLASS/, say {folder / 'cat' / '1.jpg'}.")
    if found.images:
        many = f"{len(found.images):,} image{'s' if len(found.images) > 1 else ''}"
        bad.skipped.append(f"{folder}: {many} beside the classes' folders, such as {found.images[0].name}")
    return {inner.name: images_under(inner, bad, above) for inner in classes}


def _numbered(
    classes: Mapping[str, Sequence[Path]], names: Sequence[str], root: Path
) -> tuple[list[Path], array[int]]:
    """All images, class by class, and the number of each one's class."""
    if unknown := sorted(classes.keys() - set(names)):
        message = f"data: image_folder: {root}: {unknown[0]} is no class of those to train with: {', '.join(names[:10])}"
        raise UserError(message, "Each class must have images to train with.")
    labels = (label for label, name in enumerate(names) for _ in classes.get(name, ()))
    return list(chain.from_iterable(classes.get(name, ()) for name in names)), array("q", labels)


def _shared(
    paths: list[Path], labels: array[int], config: ImageFolder, root: Path
) -> dict[str, tuple[list[Path], array[int]]]:
    names = [path.relative_to(root).as_posix() for path in paths]
    train, test = divided(names, labels, config.test, config.seed, root)
    return {
        part: ([paths[number] for number in numbers], taken(labels, numbers))
        for part, numbers in (("train", train), ("test", test))
    }
