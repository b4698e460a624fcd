"""What augmentations share."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Strict

from cnnspec.declare.arguments import Arguments, Expect, Positive

Pixels = Annotated[
    Positive | Annotated[tuple[Positive, Positive], Strict(strict=False)],
    Expect("a whole number of at least 1, or a list of two: of height and width"),
]


class Augmentation(Arguments):
    """A change of the images to train on, drawn anew for each image in each epoch."""

    never_after: ClassVar[frozenset[str]] = frozenset({"mixup", "cutmix"})
    """What must not stand before it."""
    draws: ClassVar[bool] = True
    """Whether an image comes out another one in each epoch."""
    mixes: ClassVar[bool] = False
    """Whether it makes one image of two."""

    def require_shape(self, shape: Sequence[int]) -> None:
        """Raise Reject where it can't be done to images of this shape: channels, height, width."""


def pair(pixels: int | tuple[int, int]) -> tuple[int, int]:
    """Along height and width."""
    return pixels if isinstance(pixels, tuple) else (pixels, pixels)
