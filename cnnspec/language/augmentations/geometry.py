"""Augmentations that move pixels."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnspec.core.reject import Reject
from cnnspec.language.augmentations.base import Augmentation, Pixels, pair
from cnnspec.layers.fields import Expect, Probability

Degrees = Annotated[float, Field(gt=0, le=180), Expect("a number above 0, at most 180")]


class RandomCrop(Augmentation):
    """The image, padded on all sides, cut to its size again at a random place: it is shifted.

    When: objects may lie a little further left or right, which is nearly always; 4 pixels of 32 is usual.
    """

    main: ClassVar[str | None] = "padding"

    padding: Pixels = Field(4, description="Pixels on each side, and the furthest that the image is shifted.")
    padding_mode: Literal["zeros", "reflect", "replicate"] = Field(
        "zeros", description="What the pixels outside are: black, mirrored at the edge, or like the edge."
    )

    def fits(self, shape: Sequence[int]) -> None:
        """Raise Reject where more is to be mirrored than there is."""
        for padding, size in zip(pair(self.padding), shape[1:], strict=True):
            if self.padding_mode == "reflect" and padding >= size:
                message = f"random_crop: padding {padding} can't be mirrored from {size} pixels"
                hint = f"Write at most {size - 1}, or padding_mode: zeros."
                raise Reject("augment-too-large", message, field="augment", hint=hint)


class HFlip(Augmentation):
    """The image mirrored, left to right.

    When: a mirrored object is the same object. Against: digits and letters.
    """

    main: ClassVar[str | None] = "p"

    p: Probability = Field(0.5, description="Share of the images that are mirrored.")


class VFlip(Augmentation):
    """The image mirrored, top to bottom.

    When: there is no above and below, as under a microscope or from a satellite.
    """

    main: ClassVar[str | None] = "p"

    p: Probability = Field(0.5, description="Share of the images that are mirrored.")


class Rotate(Augmentation):
    """The image turned about its centre by a random angle, bilinear; what comes in from outside is black."""

    main: ClassVar[str | None] = "degrees"

    degrees: Degrees = Field(description="The largest angle, in either direction.")
    p: Probability = Field(1.0, description="Share of the images that are turned.")
