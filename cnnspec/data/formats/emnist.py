"""EMNIST: four IDX files for each way to divide it into classes, their images stored column by column."""

from __future__ import annotations

import numpy as np

from cnnspec.data.dataset import Dataset, ImageFiles, Split
from cnnspec.data.formats import idx
from cnnspec.data.formats.download import FileSet, find, root_of
from cnnspec.settings.datasets.published import Emnist


def read(config: Emnist, input_shape: tuple[int, ...]) -> Dataset:
    """The checked bytes of the four files of the config's split. Raises UserError."""
    root = root_of(config)
    names = [
        f"emnist-{config.split}-{part}-{kind}-ubyte"
        for part in ("train", "test")
        for kind in ("images-idx3", "labels-idx1")
    ]
    folders = (root, root / config.torchvision / "raw", root / "gzip")
    files = find(config, [FileSet(names, folders, ("gzip.zip",))], [{"split": config.split}])
    first = 1 if config.split == "letters" else 0
    dataset = idx.read_dataset(files, config.facts(input_shape).class_names, first)
    return dataset._replace(train=_transposed_back(dataset.train), test=_transposed_back(dataset.test))


def _transposed_back(split: Split) -> Split:
    assert not isinstance(split.images, ImageFiles)
    return split._replace(images=np.ascontiguousarray(split.images.swapaxes(2, 3)))
