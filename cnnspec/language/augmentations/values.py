"""Augmentations that change what pixels are."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, Strict

from cnnspec.core.reject import Reject
from cnnspec.language.augmentations.base import Augmentation, Pixels, pair
from cnnspec.layers.fields import Expect, NonNegativeNumber, Number, PositiveNumber, Probability

Turn = Annotated[float, Field(ge=0, le=0.5), Expect("a number from 0 to 0.5")]
Means = Annotated[
    Number | Annotated[tuple[Number, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number, a list of one for each channel, or null"),
]
Deviations = Annotated[
    PositiveNumber | Annotated[tuple[PositiveNumber, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number above 0, a list of one for each channel, or null"),
]
_RGB = 3


class Colour(Augmentation):
    """Brightness, contrast, saturation and hue changed a little, in this order (torchvision's ColorJitter).

    Each of the first three is multiplied by a factor from 1 − x to 1 + x, at least 0; hue is turned by up to
    its share of the colour wheel.
    """

    never_after: ClassVar[frozenset[str]] = Augmentation.never_after | {"normalise"}

    brightness: NonNegativeNumber = Field(0, description="How far the values' factor is from 1 at most.")
    contrast: NonNegativeNumber = Field(
        0, description="Likewise of the difference from the image's mean grey."
    )
    saturation: NonNegativeNumber = Field(0, description="Likewise of the difference from each pixel's grey.")
    hue: Turn = Field(0, description="The largest turn of the colour wheel, in either direction.")

    def consistent(self) -> None:
        """Raise Reject where nothing would change."""
        if not (self.brightness or self.contrast or self.saturation or self.hue):
            hint = "Write `colour: {brightness: 0.2, contrast: 0.2}`, say."
            raise Reject("augment-nothing", "colour changes nothing", field=None, hint=hint)

    def fits(self, shape: Sequence[int]) -> None:
        """Raise Reject where there is no colour to change."""
        if (self.saturation or self.hue) and shape[0] != _RGB:
            message = f"colour: saturation and hue are for images of 3 channels, these have {shape[0]}"
            raise Reject("augment-without-colour", message, field="augment", hint="Leave them out.")


class Cutout(Augmentation):
    """A square somewhere, which may reach over the edge, is filled with the mean (DeVries & Taylor, 2017)."""

    main: ClassVar[str | None] = "size"

    size: Pixels = Field(description="The square's side, or its height and width, in pixels.")
    p: Probability = Field(1.0, description="Share of the images that lose one.")

    def fits(self, shape: Sequence[int]) -> None:
        """Raise Reject where nothing of the image would be left."""
        if all(size >= 2 * side for size, side in zip(pair(self.size), shape[1:], strict=True)):
            message = f"cutout: a square of {self.size} covers all of {shape[1]}×{shape[2]}"
            raise Reject("augment-too-large", message, field="augment", hint="Write a smaller size.")


class Normalise(Augmentation):
    """Each channel less its mean, divided by its deviation: in training, validation, test and prediction alike.

    It is done in any case: where it isn't written, after all that changes single images.
    """

    never_after: ClassVar[frozenset[str]] = Augmentation.never_after | {"normalise"}

    mean: Means = Field(None, description="On the scale from 0 to 1; null: that of the images to train on.")
    std: Deviations = Field(None, description="The standard deviation, likewise.")

    def fits(self, shape: Sequence[int]) -> None:
        """Raise Reject unless there is a number for each channel."""
        for name, values in (("mean", self.mean), ("std", self.std)):
            if isinstance(values, tuple) and len(values) != shape[0]:
                message = f"normalise: {name} has {len(values)} numbers, the images {shape[0]} channels"
                hint = f"Write {shape[0]} numbers, or one for all."
                raise Reject("augment-channels", message, field="augment", hint=hint)
