"""MNIST and those in its format: four IDX files. EMNIST's images are stored column by column."""

from __future__ import annotations

from pathlib import Path

from cnnspec.settings.datasets.published import Emnist, FashionMnist, IdxFiles, Kmnist, Mnist
from cnnspec.train.data.found import Fetch, Wanted, find, root_of
from cnnspec.train.data.idx import read_part
from cnnspec.train.data.raw import Raw

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
TORCHVISION: dict[type[IdxFiles], str] = {
    Mnist: "MNIST",
    FashionMnist: "FashionMNIST",
    Kmnist: "KMNIST",
    Emnist: "EMNIST",
}
"""torchvision's class, which is also the folder that it makes under its root."""
SYSTEM: dict[type[IdxFiles], Path] = {FashionMnist: Path("/usr/share/datasets/fashion-mnist")}
"""Where Debian's packages put the files."""


def read(config: IdxFiles, input_shape: tuple[int, ...]) -> Raw:
    """The checked bytes of the four files. Raises UserError."""
    files = find(config, [wanted(config)], _fetching(config))
    names = config.facts(input_shape).class_names
    first = 1 if isinstance(config, Emnist) and config.split == "letters" else 0
    upright = not isinstance(config, Emnist)
    train_images, train_labels, test_images, test_labels = files
    train, test = (
        read_part(images, labels, (28, 28), len(names), first=first, upright=upright)
        for images, labels in ((train_images, train_labels), (test_images, test_labels))
    )
    return Raw(train, None, test, names)


def wanted(config: IdxFiles) -> Wanted:
    """The four files, and where they may lie; a root that was written is the only one."""
    root, system = root_of(config), SYSTEM.get(type(config))
    folders = (root, root / TORCHVISION[type(config)] / "raw")
    if isinstance(config, Emnist):
        return Wanted(_names(config.split), (*folders, root / "gzip"), ("gzip.zip",))
    return Wanted(NAMES, (*folders, system) if config.root is None and system else folders)


def _names(split: str) -> tuple[str, ...]:
    """NIST's names, in the order of NAMES."""
    return tuple(
        f"emnist-{split}-{part}-{kind}-ubyte"
        for part in ("train", "test")
        for kind in ("images-idx3", "labels-idx1")
    )


def _fetching(config: IdxFiles) -> Fetch:
    name = TORCHVISION[type(config)]
    arguments = {"split": config.split} if isinstance(config, Emnist) else {}
    return lambda datasets, root: getattr(datasets, name)(root, download=True, **arguments)
