"""A data set before torch: what to train, to validate and to test with, decoded or as files."""

from __future__ import annotations

import math
from array import array
from pathlib import Path
from typing import Literal, NamedTuple

Resize = Literal["crop", "stretch", "pad"]
RESIZES: tuple[Resize, ...] = ("crop", "stretch", "pad")
"""How a picture of another size is made to fit: its middle, its whole distorted, or its whole with black bars."""


class Pixels(NamedTuple):
    """Decoded images: N×C×H×W unsigned bytes, the last axis varying fastest."""

    sizes: tuple[int, int, int, int]
    values: bytearray

    @property
    def shape(self) -> tuple[int, int, int]:
        """C×H×W."""
        return self.sizes[1:]

    @property
    def size(self) -> int:
        """In bytes."""
        return math.prod(self.sizes)


class Files(NamedTuple):
    """Image files, and what they are decoded to: C×H×W."""

    paths: tuple[Path, ...]
    shape: tuple[int, int, int]
    resize: Resize

    @property
    def size(self) -> int:
        """In bytes, once they are decoded."""
        return len(self.paths) * math.prod(self.shape)


class Part(NamedTuple):
    """Images, and as many labels."""

    images: Pixels | Files
    labels: array[int]
    """Of type q: 64 bits with a sign."""


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
