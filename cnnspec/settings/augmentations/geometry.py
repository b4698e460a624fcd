"""Augmentations that move pixels."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.declare.arguments import Expect, Probability
from cnnspec.settings.augmentations.base import Augmentation, Pixels, pair

Degrees = Annotated[float, Field(gt=0, le=180), Expect("a number above 0, at most 180")]


class RandomCrop(Augmentation):
    """The image, padded on all sides, cut to its size again at a random place: it is shifted.

    Formula: y[i, j] = x[i + a, j + b], with a and b drawn evenly from the whole numbers −padding to padding.

    When: Objects may lie a little further left or right, which is nearly always; 4 pixels of 32 is usual
    (He et al., 2016).

    Against: What matters stands at the edge, or always at the same place.
    """

    example = "{random_crop: {padding: 4, padding_mode: reflect}}"
    main = "padding"

    padding: Pixels = Field(4, description="Pixels on each side, and the furthest that the image is shifted.")
    padding_mode: Literal["zeros", "reflect", "replicate"] = Field(
        "zeros", description="What the pixels outside are: 0, mirrored at the edge, or like the edge."
    )
    p: Probability = Field(1.0, description="Share of the images that are shifted.")

    def require_shape(self, shape: Sequence[int]) -> None:
        """Raise Reject where an image would be shifted out of sight, or more is to be mirrored than there is."""
        for padding, size in zip(pair(self.padding), shape[1:], strict=True):
            if padding >= size:
                message = f"random_crop: padding {padding} leaves nothing of {plural(size, 'pixel')}"
                hint = f"Write at most {size - 1}." if size > 1 else "Leave random_crop out."
                raise Reject("augment-too-large", message, field="augment", hint=hint)


class HFlip(Augmentation):
    """The image mirrored, left to right.

    Formula: y[i, j] = x[i, W − 1 − j] with probability p.

    When: A mirrored object is the same object, as in photographs.

    Against: Digits, letters, whatever has a left and a right.
    """

    example = "hflip"
    main = "p"

    p: Probability = Field(0.5, description="Share of the images that are mirrored.")


class VFlip(Augmentation):
    """The image mirrored, top to bottom.

    Formula: y[i, j] = x[H − 1 − i, j] with probability p.

    When: There is no above and below, as under a microscope or from a satellite.

    Against: Photographs, which have an above and a below.
    """

    example = "vflip"
    main = "p"

    p: Probability = Field(0.5, description="Share of the images that are mirrored.")


class Rotate(Augmentation):
    """The image turned about its centre by a random angle.

    Formula: y(v) = x(R(θ)·v) about the centre, between pixels bilinear, outside 0, with θ drawn evenly from
    −degrees to degrees.

    When: Objects may lean: 10 to 15 degrees for handwriting, 180 where there is no above and below.

    Against: It blurs, and its corners are empty; 90 degrees at once are better made of flips.
    """

    example = "{rotate: {degrees: 10, p: 0.5}}"
    main = "degrees"

    degrees: Degrees = Field(description="The largest angle, in either direction.")
    p: Probability = Field(1.0, description="Share of the images that are turned.")
