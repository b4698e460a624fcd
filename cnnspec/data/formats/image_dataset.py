"""What image files have in common, however they were found: how they are decoded, and which part is which."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from cnnspec.core.errors import UserError
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.own import Pictures
from cnnspec.train.data.listing import Bad
from cnnspec.train.data.raw import Files, Part, Raw

_FEWEST = 2

Listed: TypeAlias = "tuple[list[Path], array[int]]"
"""Images and their labels."""


def shape_of(config: Pictures, input_shape: tuple[int, ...]) -> tuple[int, int, int]:
    """What the images are decoded to. Raises UserError where the network takes none."""
    shape = config.shape(input_shape)
    if shape is None or len(input_shape) != len(shape) or input_shape[0] not in config.channels:
        shown = "×".join(map(str, input_shape))
        listed = ", ".join(f"{channels} ({meaning})" for channels, meaning in config.channels.items())
        message = (
            f"the network takes {shown}, an image of {name_of(config)} is read with one of {listed} channels"
        )
        raise UserError(message, "Write `input: [3, 224, 224]`, say.")
    channels, height, width = shape
    return channels, height, width


def require_classes(names: Sequence[str], where: Path) -> None:
    """Raise UserError where there is nothing to tell apart."""
    if len(names) < _FEWEST:
        shown = f"one class, {names[0]}" if names else "no class"
        raise UserError(
            f"{where}: {shown}: there is nothing to tell apart", "There must be two classes or more."
        )


def raw_of(
    images: Mapping[str, Listed],
    names: Sequence[str],
    shape: tuple[int, int, int],
    config: Pictures,
    bad: Bad,
) -> Raw:
    """The data set of parts that are called train, val and test; where there is no test, val is it."""
    parts = {
        name: Part(Files(tuple(paths), shape, config.resize), labels)
        for name, (paths, labels) in images.items()
    }
    for name, part in parts.items():
        if not part.labels:
            raise UserError(
                f"data: {name_of(config)}: no image of {name} can be read", "; ".join(bad.skipped[:3])
            )
    validation = parts["val"] if "val" in parts and "test" in parts else None
    test = parts.get("test") or parts["val"]
    return Raw(
        parts["train"], validation, test, tuple(names), tuple(bad.skipped), config.on_bad, config.resize
    )
