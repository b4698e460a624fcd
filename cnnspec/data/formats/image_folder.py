"""Image files in a folder for each class, below train, val and test or not. Labels follow the order of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.data.class_count import require_two_classes
from cnnspec.data.dataset import Dataset
from cnnspec.data.formats.image_dataset import SPLITS, decoded_shape, file_split, image_dataset
from cnnspec.data.formats.stratified_split import stratified_split
from cnnspec.data.formats.user_path import user_path
from cnnspec.data.images.image_files import ImageErrors, identity, images_below, list_folder
from cnnspec.settings.datasets.own import ImageFolder


def read(config: ImageFolder, input_shape: tuple[int, ...]) -> Dataset:
    """The files and their labels; none is opened. Raises UserError."""
    root = user_path(config.root)
    if not root.is_dir():
        state = "it is no folder" if root.exists() else "there is no such folder"
        raise UserError(f"data: image_folder: {root}: {state}", "A path starts where the command runs.")
    shape = decoded_shape(config, input_shape)
    errors, folders = ImageErrors(skip=config.on_bad == "skip"), _split_folders(root)
    images = {split: _images_by_class(folder, errors) for split, folder in (folders or {"": root}).items()}
    names = sorted(next(iter(images.values())))
    require_two_classes(names, root)
    splits = {
        split: file_split(*_labelled(classes, names, root), shape, config)
        for split, classes in images.items()
    }
    if not folders:
        paths = [path for name in names for path in images[""][name]]
        splits = stratified_split(
            splits[""], [path.relative_to(root).as_posix() for path in paths], config, root
        )
    return image_dataset(splits, names, config, errors)


def _split_folders(root: Path) -> dict[str, Path]:
    """The folders of train, val and test, train first; none where the folders are classes. Raises UserError."""
    folders = list_folder(root).folders
    parts: dict[str, Path] = {}
    for folder in folders:
        part = SPLITS.get(folder.name.lower())
        if part in parts:
            message = f"data: image_folder: {root}: {parts[part].name} and {folder.name} are the same part"
            raise UserError(message, "Keep one of them.")
        if part:
            parts[part] = folder
    if "train" in parts and len(parts) > 1 and list_folder(parts["train"]).folders:
        return {part: parts[part] for part in ("train", "val", "test") if part in parts}
    if parts and len(parts) == len(folders) and any(list_folder(folder).folders for folder in folders):
        raise _lacking_split(root, parts)
    return {}


def _lacking_split(root: Path, parts: Mapping[str, Path]) -> UserError:
    """Which split is missing of a folder that is divided."""
    held = " and ".join(folder.name for folder in parts.values())
    if "train" in parts:
        message = f"data: image_folder: {root}: it holds {held}, neither test nor val"
        return UserError(message, f"Write `root: {parts['train']}`: a share of each class is the test then.")
    message = f"data: image_folder: {root}: it holds {held}, no train"
    return UserError(message, "Put the images to train with in train/CLASS/.")


def _images_by_class(folder: Path, errors: ImageErrors) -> dict[str, list[Path]]:
    """The images of each class. Raises UserError where there is no class, or one without images."""
    listing = list_folder(folder)
    above = frozenset([identity(folder)])
    classes = [inner for inner in listing.folders if identity(inner) not in above]
    if not classes:
        message = f"data: image_folder: {folder}: no folder is in it, there must be one for each class"
        raise UserError(message, f"Put images in {folder}/CLASS/, say {folder / 'cat' / '1.jpg'}.")
    if images := listing.images:
        beside = f"{plural(len(images), 'image')} beside the classes' folders, such as {images[0].name}"
        errors.skipped.append(f"{folder}: {beside}")
    return {inner.name: images_below(inner, errors, above) for inner in classes}


def _labelled(
    classes: Mapping[str, Sequence[Path]], names: Sequence[str], root: Path
) -> tuple[list[Path], list[int]]:
    """All images, class by class, and the number of each one's class."""
    if unknown := sorted(classes.keys() - set(names)):
        message = f"data: image_folder: {root}: {unknown[0]} is no class of those to train with: {', '.join(names[:10])}"
        raise UserError(message, "Each class must have images to train with.")
    both = [(path, label) for label, name in enumerate(names) for path in classes.get(name, ())]
    return [path for path, _ in both], [label for _, label in both]
