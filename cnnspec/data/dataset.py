"""A data set as it was read: its splits, decoded or as files, and what its labels stand for."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Resize = Literal["crop", "stretch", "pad"]
RESIZES: tuple[Resize, ...] = ("crop", "stretch", "pad")
"""How an image of another size is made to fit: its middle, its whole distorted, or its whole with black bars."""

WHITE = 255
"""The lightest grey level: pixels are unsigned bytes, from 0, which is black."""
_SHOWN = 5

Pixels: TypeAlias = NDArray[np.uint8]
Labels: TypeAlias = NDArray[np.int64]


class ImageFiles(NamedTuple):
    """Image files, and what they are decoded to: C×H×W."""

    paths: tuple[Path, ...]
    shape: tuple[int, int, int]
    resize: Resize

    def identity(self) -> bytes:
        """The paths, relative to their common folder, joined by NUL."""
        common = os.path.commonpath(self.paths)
        return "\0".join(os.path.relpath(path, common) for path in self.paths).encode(
            "utf-8", "surrogateescape"
        )


class Split(NamedTuple):
    """Images, and as many labels."""

    images: Pixels | ImageFiles
    """N×C×H×W, C-contiguous and writable, or files."""
    labels: Labels

    @property
    def image_shape(self) -> tuple[int, ...]:
        """C, H, W."""
        return self.images.shape if isinstance(self.images, ImageFiles) else self.images.shape[1:]

    @property
    def size(self) -> int:
        """In bytes, once all images are decoded."""
        return len(self.labels) * math.prod(self.image_shape)

    @property
    def digest(self) -> str:
        """A hash of labels and pixels; of image files, of labels and relative paths."""
        digest = blake2b(self.labels.tobytes(), digest_size=8)
        # pixels are not copied: they may be most of the memory
        digest.update(self.images.identity() if isinstance(self.images, ImageFiles) else self.images.data)
        return digest.hexdigest()

    def subset(self, numbers: Sequence[int]) -> Split:
        """The images that the numbers name, in their order."""
        index = np.asarray(numbers, np.intp)
        if isinstance(self.images, ImageFiles):
            paths = tuple(self.images.paths[number] for number in numbers)
            return Split(self.images._replace(paths=paths), self.labels[index])
        return Split(self.images[index], self.labels[index])


class LabelGaps(NamedTuple):
    """What is said of labels that leave out numbers below the largest, and what to do about it."""

    message: str
    hint: str


class Dataset(NamedTuple):
    """Images to train, to validate and to test with, and the names of their classes: of the labels 0, 1, …"""

    train: Split
    validation: Split | None
    test: Split
    class_names: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    """What was left out, a line each."""
    on_bad: Literal["error", "skip"] = "error"
    resize: Resize = "crop"
    gaps: LabelGaps | None = None
    """Where classes are numbers up to the largest label, and some have no image."""

    @property
    def missing_class_warnings(self) -> tuple[str, ...]:
        """A line for each split in which classes have no image."""
        splits = {"train": self.train, "validate": self.validation, "test": self.test}
        return tuple(
            f"no image to {purpose} with: {', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}"
            for purpose, split in splits.items()
            if split is not None and (names := self._classes_without_images(split))
        )

    def _classes_without_images(self, split: Split) -> list[str]:
        labels = set(split.labels.tolist())
        return [name for label, name in enumerate(self.class_names) if label not in labels]
