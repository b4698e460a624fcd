"""MNIST and Fashion-MNIST: four IDX files, found in a folder, or fetched there by torchvision."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from cnnspec.core.errors import UserError
from cnnspec.language.datasets import FashionMnist, IdxFiles, Mnist
from cnnspec.train.data.idx import Raw, read_part

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
DEFAULT_ROOT = Path("data")
TORCHVISION: dict[type[IdxFiles], str] = {Mnist: "MNIST", FashionMnist: "FashionMNIST"}
"""torchvision's class, which is also the folder that it makes under its root."""
SYSTEM: dict[type[IdxFiles], Path] = {FashionMnist: Path("/usr/share/datasets/fashion-mnist")}
"""Where Debian's packages put the files."""
_KEY: dict[type[IdxFiles], str] = {Mnist: "mnist", FashionMnist: "fashion_mnist"}


def read(config: IdxFiles) -> Raw:
    """The checked bytes of the four files. Raises UserError."""
    files = _find(config) or (_fetch(config) if config.download else None)
    if files is None:
        raise _missing(config)
    _, height, width = config.shape
    train_images, train_labels, test_images, test_labels = files
    return Raw(
        read_part(train_images, train_labels, height, width, config.classes),
        read_part(test_images, test_labels, height, width, config.classes),
        config.class_names,
    )


def _root(config: IdxFiles) -> Path:
    return DEFAULT_ROOT if config.root is None else Path(config.root).expanduser()


def folders(config: IdxFiles) -> list[Path]:
    """Where the files may lie, the likeliest first; a root that was written is the only one."""
    root = _root(config)
    found = [root, root / TORCHVISION[type(config)] / "raw"]
    system = SYSTEM.get(type(config))
    return [*found, system] if config.root is None and system else found


def _find(config: IdxFiles) -> list[Path] | None:
    for folder in folders(config):
        files = [_plain_or_gzipped(folder, name) for name in NAMES]
        if all(files):
            return [file for file in files if file]
    return None


def _plain_or_gzipped(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, folder / f"{name}.gz")
    return next((file for file in candidates if file.is_file()), None)


def _missing(config: IdxFiles) -> UserError:
    """What is not there: of the folder that has some of the files, or all of them."""
    key, folder = _KEY[type(config)], max(folders(config), key=_how_many)
    lacking = [name for name in NAMES if not _plain_or_gzipped(folder, name)]
    state = (
        "" if folder.is_dir() else ", which is not a folder" if folder.exists() else ", which does not exist"
    )
    setting = f"{{{key}: {{root: {_root(config)}, download: true}}}}"
    hint = f"To fetch them, write `data: {setting}`, or add --set 'data={setting}' to the command."
    return UserError(f"data: {key} lacks {', '.join(lacking)} (or .gz) in {folder}{state}", hint)


def _how_many(folder: Path) -> int:
    return sum(_plain_or_gzipped(folder, name) is not None for name in NAMES)


def _fetch(config: IdxFiles) -> list[Path] | None:
    from torchvision import datasets  # noqa: PLC0415 -- imports torch, seconds

    root, name = _root(config), TORCHVISION[type(config)]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            getattr(datasets, name)(root, download=True)
    except (RuntimeError, OSError, ValueError) as error:
        raise UserError(f"data: {name} can't be fetched into {root} ({_reason(error)})", _BY_HAND) from error
    return _find(config)


_BY_HAND = f"Put {NAMES[0]} and the other three there by hand, gzipped or not."


def _reason(error: Exception) -> str:
    """The failure in one line; torchvision tells each mirror's on lines of their own."""
    lines = (line.strip() for line in str(error).splitlines())
    return "; ".join(dict.fromkeys(line for line in lines if line and not line.endswith(":")))
