"""Augmentations that change what pixels are."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, Strict

from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.declare.arguments import Expect, NonNegativeNumber, Probability
from cnnspec.settings.augmentations.base import Augmentation, Pixels, pair

Turn = Annotated[float, Field(ge=0, le=0.5), Expect("a number from 0 to 0.5")]
_Deviation = Annotated[float, Field(gt=0, le=1)]
Means = Annotated[
    Probability | Annotated[tuple[Probability, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number from 0 to 1, a list of one for each channel, or null"),
]
Deviations = Annotated[
    _Deviation | Annotated[tuple[_Deviation, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number above 0, at most 1, a list of one for each channel, or null"),
]
_RGB = 3


class Colour(Augmentation):
    """Brightness, contrast, saturation and hue changed a little, in this order (torchvision's ColorJitter).

    Formula: f·x, then f·x + (1 − f)·mean grey of the image, then f·x + (1 − f)·grey of the pixel, each cut to what
    a pixel can be, with f drawn evenly from max(0, 1 − a) to 1 + a; the hue is turned by −hue to hue of the wheel.

    When: Light and cameras differ; 0.2 to 0.4 of the first three and a hue of 0.05 are usual.

    Against: Colour is what tells the classes apart; hue and saturation cost more time than the other two.
    """

    example = "{colour: {brightness: 0.2, contrast: 0.2}}"
    never_after = Augmentation.never_after | {"normalise"}

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

    def require_shape(self, shape: Sequence[int]) -> None:
        """Raise Reject where there is no colour to change."""
        if (self.saturation or self.hue) and shape[0] != _RGB:
            message = f"colour: saturation and hue are for images of 3 channels, these have {shape[0]}"
            raise Reject("augment-without-colour", message, field="augment", hint="Leave them out.")


class Cutout(Augmentation):
    """A square somewhere, which may reach over the edge, is filled with the mean (DeVries & Taylor, 2017).

    Formula: y = mean where |i − a| and |j − b| are within size/2, else x, with (a, b) drawn evenly from all pixels.

    When: A network relies on one part of the object; 16 pixels of 32 for 10 classes is usual, 8 for 100.

    Against: The object is small, and may be all covered.
    """

    example = "{cutout: {size: 8}}"
    main = "size"

    size: Pixels = Field(description="The square's side, or its height and width, in pixels.")
    p: Probability = Field(1.0, description="Share of the images that lose one.")

    def require_shape(self, shape: Sequence[int]) -> None:
        """Raise Reject where nothing of the image would be left."""
        if all(size >= 2 * side for size, side in zip(pair(self.size), shape[1:], strict=True)):
            height, width = pair(self.size)
            message = f"cutout: {height}×{width} pixels cover all of {shape[1]}×{shape[2]}"
            raise Reject("augment-too-large", message, field="augment", hint="Write a smaller size.")


class Normalise(Augmentation):
    """Each channel less its mean, divided by its deviation: in training, validation, test and prediction alike.

    Formula: (x − mean) / std

    When: Always, so it is done in any case: where it isn't written, after all that changes single images, and before
    images are mixed. Write it to use numbers of your own, such as those that pretrained weights were trained with.

    Against: Numbers of other images than those that are trained on.
    """

    example = "{normalise: {mean: 0.5, std: 0.5}}"
    never_after = Augmentation.never_after | {"normalise"}
    draws = False

    mean: Means = Field(None, description="On the scale from 0 to 1; null: that of the images to train on.")
    std: Deviations = Field(None, description="The standard deviation, likewise.")

    def require_shape(self, shape: Sequence[int]) -> None:
        """Raise Reject unless there is a number for each channel."""
        for name, values in (("mean", self.mean), ("std", self.std)):
            if isinstance(values, tuple) and len(values) != shape[0]:
                message = f"normalise: {name} has {plural(len(values), 'number')}, the images {plural(shape[0], 'channel')}"
                hint = f"Write {plural(shape[0], 'number')}, or one for all."
                raise Reject("augment-channels", message, field="augment", hint=hint)
