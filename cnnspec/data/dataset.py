"""A data set before torch: what to train, to validate and to test with, decoded or as files."""

from __future__ import annotations

import math
import os
from array import array
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

Resize = Literal["crop", "stretch", "pad"]
RESIZES: tuple[Resize, ...] = ("crop", "stretch", "pad")
"""How a picture of another size is made to fit: its middle, its whole distorted, or its whole with black bars."""

WHITE = 255
"""The lightest grey level: pixels are unsigned bytes, from 0, which is black."""
_SHOWN = 5


class Pixels(NamedTuple):
    """Decoded images: N×C×H×W unsigned bytes, the last axis varying fastest."""

    sizes: tuple[int, int, int, int]
    values: bytearray

    @property
    def shape(self) -> tuple[int, int, int]:
        """C×H×W."""
        return self.sizes[1:]

    def identity(self) -> bytearray:
        """What tells them from other images: not copied, it may be most of the memory."""
        return self.values

    @property
    def size(self) -> int:
        """In bytes."""
        return math.prod(self.sizes)


class Files(NamedTuple):
    """Image files, and what they are decoded to: C×H×W."""

    paths: tuple[Path, ...]
    shape: tuple[int, int, int]
    resize: Resize

    def identity(self) -> bytes:
        """What tells them from other files: their names from where they part, wherever all of them lie."""
        common = os.path.commonpath(self.paths)
        return "\0".join(os.path.relpath(path, common) for path in self.paths).encode(
            "utf-8", "surrogateescape"
        )

    @property
    def size(self) -> int:
        """In bytes, once they are decoded."""
        return len(self.paths) * math.prod(self.shape)


class Part(NamedTuple):
    """Images, and as many labels."""

    images: Pixels | Files
    labels: array[int]
    """Of type q: 64 bits with a sign."""

    @property
    def digest(self) -> str:
        """Another one for other images or labels; of files it knows the names alone."""
        found = blake2b(self.labels.tobytes(), digest_size=8)
        found.update(self.images.identity())
        return found.hexdigest()


class Gaps(NamedTuple):
    """Labels that leave out numbers below the largest, and what to do about it."""

    message: str
    hint: str


class Raw(NamedTuple):
    """A data set, and the names of its classes: what the labels 0, 1, … stand for."""

    train: Part
    validation: Part | None
    test: Part
    class_names: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    """What was left out, a line each."""
    on_bad: Literal["error", "skip"] = "error"
    resize: Resize = "crop"
    gaps: Gaps | None = None
    """What is said where classes are numbers up to the largest label, and some have no image."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """A line for each part in which classes have no image."""
        parts = {"train": self.train, "validate": self.validation, "test": self.test}
        return tuple(
            f"no image to {purpose} with: {', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}"
            for purpose, part in parts.items()
            if part is not None and (names := self._without(part))
        )

    def _without(self, part: Part) -> list[str]:
        found = set(part.labels)
        return [name for label, name in enumerate(self.class_names) if label not in found]
