"""MNIST and those that are published as it is: four IDX files."""

from __future__ import annotations

from pathlib import Path

from cnnspec.data.dataset import Dataset
from cnnspec.data.formats import idx
from cnnspec.data.formats.download import FileSet, find, root_of
from cnnspec.settings.datasets.published import IdxFiles

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def read(config: IdxFiles, input_shape: tuple[int, ...]) -> Dataset:
    """The checked bytes of the four files; a root that was written is the only place. Raises UserError."""
    root, system = root_of(config), config.system_folder
    folders = [root, root / config.torchvision / "raw"]
    if config.root is None and system:
        folders.append(Path(system))
    files = find(config, [FileSet(NAMES, folders)])
    return idx.read_dataset(files, config.facts(input_shape).class_names)
