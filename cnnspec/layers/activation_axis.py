"""Activations IV: those that look along an axis, the channels' by default."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, Reaches, axis_or_channels
from cnnspec.layers.fields import OptionalAxis


class AlongAxis(Layer):
    """What they share: the axis, and torch's dim, which counts the batch too."""

    main: ClassVar[str | None] = "axis"
    mixes_channels: ClassVar[bool] = True
    target: ClassVar[str]

    axis: OptionalAxis = Field(
        None, description="Axis it works along, the batch not counted; null: the channels'."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged; the axis must be there."""
        axis_or_channels(self.axis, x, otherwise=x)
        return x

    def reach(self, x: Shape) -> Reaches:
        """Along a spatial axis each output reads all of it."""
        if axis_or_channels(self.axis, x) == x.channel_axis:
            return super().reach(x)
        return "whole" if x.rank == 1 else None

    def emit(self, x: Shape) -> Emit:
        """The module of torch.nn."""
        return Module(f"torch.nn.{self.target}", (), {"dim": axis_or_channels(self.axis, x) + 1})


class Softmax(AlongAxis):
    """Turns the values along an axis into shares that add up to 1.

    Formula: yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ)

    When: Attention weights, and probabilities for someone who reads them.

    Against: Not before the cross_entropy loss, which includes it: the network would train slowly and
    badly. One large value leaves the others without gradient.
    """

    normalises: ClassVar[bool] = True

    target: ClassVar[str] = "Softmax"


class Softmin(AlongAxis):
    """A softmax of the negated values: the smallest gets the largest share.

    Formula: yᵢ = e^(−xᵢ) / Σⱼ e^(−xⱼ)

    When: Weights from distances.

    Against: As softmax: not before the cross_entropy loss.
    """

    normalises: ClassVar[bool] = True

    target: ClassVar[str] = "Softmin"


class LogSoftmax(AlongAxis):
    """The logarithm of softmax, computed without overflow.

    Formula: yᵢ = xᵢ − ln Σⱼ e^(xⱼ)

    When: Before the nll loss; log-probabilities.

    Against: Needless before cross_entropy, which includes it.
    """

    normalises: ClassVar[bool] = True

    target: ClassVar[str] = "LogSoftmax"


class GLU(AlongAxis):
    """Splits an axis in two halves and lets the second, as a sigmoid, gate the first.

    Formula: y = a · sigmoid(b), a and b being the first and second half of the axis

    When: Gated convolutions for audio and language (Dauphin et al., 2017): the gate's gradient passes
    through the linear half.

    Against: The layer before it must make twice the channels.
    """

    target: ClassVar[str] = "GLU"

    def infer(self, x: Shape) -> Shape:
        """Half the size along the axis."""
        axis = axis_or_channels(self.axis, x)
        if not sizes.divides(2, x.sizes[axis]):
            what = "channels" if axis == x.channel_axis else f"elements along axis {axis}"
            message = f"the input {x} has {x.sizes[axis]} {what}, which do not split in two halves"
            hint = "Give the layer before it an even number of outputs."
            raise Reject("indivisible", message, field="axis", hint=hint, otherwise=x.replace(axis, None))
        return x.replace(axis, sizes.divide(x.sizes[axis], 2))
