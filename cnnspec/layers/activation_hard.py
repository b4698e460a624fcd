"""Activations III: pieces of straight lines that stand in for curves, and shrinkers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cnnspec.core.reject import Reject
from cnnspec.layers.activation import Activation
from cnnspec.layers.fields import NonNegativeNumber, Number


class Hardswish(Activation):
    """A silu made of a parabola and straight lines.

    Formula: y = x · min(max(0, x + 3), 6) / 6

    When: MobileNetV3, and networks for phones: close to silu without an exponential.

    Against: No gradient below −3; on a GPU silu costs the same.
    """

    target: ClassVar[str] = "Hardswish"


class Hardsigmoid(Activation):
    """A sigmoid made of straight lines.

    Formula: y = min(max(0, x + 3), 6) / 6

    When: The gates of channel attention on phones (MobileNetV3).

    Against: No gradient beyond −3 and 3.
    """

    target: ClassVar[str] = "Hardsigmoid"


class Hardtanh(Activation):
    """Cuts values off below min_val and above max_val.

    Formula: y = min(max(min_val, x), max_val)

    When: Quantised and binary networks, and an output with known bounds.

    Against: No gradient outside the bounds.
    """

    main: ClassVar[str | None] = "min_val"
    target: ClassVar[str] = "Hardtanh"

    min_val: Number = Field(-1.0, description="Lower bound of the output.")
    max_val: Number = Field(1.0, description="Upper bound of the output; above min_val.")

    def consistent(self) -> None:
        """Raise Reject when there is nothing between the bounds."""
        if self.max_val <= self.min_val:
            message = f"max_val is {self.max_val}, it must be above min_val, {self.min_val}"
            hint = f"Write a max_val above {self.min_val}."
            raise Reject("bounds-swapped", message, field="max_val", hint=hint)


class Hardshrink(Activation):
    """Sets small values to 0 and leaves the others as they are.

    Formula: y = x for |x| > lambd, else 0

    When: Sparse coding, denoising.

    Against: It jumps at ±lambd, and between them there is no gradient.
    """

    main: ClassVar[str | None] = "lambd"
    target: ClassVar[str] = "Hardshrink"

    lambd: Number = Field(0.5, description="Values of at most this magnitude become 0.")


class Softshrink(Activation):
    """Moves every value towards 0 by `lambd`, and sets what would pass it to 0.

    Formula: y = x − lambd for x > lambd, x + lambd for x < −lambd, else 0

    When: Sparse coding: it is the step of ISTA, the proximal operator of the L1 norm.

    Against: Between ±lambd there is no gradient; large values are biased by lambd.
    """

    main: ClassVar[str | None] = "lambd"
    target: ClassVar[str] = "Softshrink"

    lambd: NonNegativeNumber = Field(0.5, description="How far every value is moved towards 0.")
