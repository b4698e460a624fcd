"""Normalisations over groups of channels: groupnorm and local response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core.emit import Argument, Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, Reaches, require_channels_first, require_groups
from cnnspec.layers.fields import Assertion, Flag, NonNegativeNumber, Number, Positive
from cnnspec.layers.norm import scale_and_shift


class GroupNorm(Layer):
    """Brings each group of channels of each sample to mean 0 and variance 1 over its positions.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over in_channels / num_groups
    channels and all positions; weight and bias a channel.

    When: Instead of bn where batches are small, as in detection and segmentation (Wu & He, 2018); 32
    groups are common, 1 is a layer norm over everything, in_channels an instance norm.

    Against: Can't be folded into a conv, so it costs time in eval mode; a little worse than bn where
    batches are large.
    """

    main: ClassVar[str | None] = "num_groups"
    mixes_channels: ClassVar[bool] = True

    num_groups: Positive = Field(
        description="Groups that the channels are split into; a divisor of their number."
    )
    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    affine: Flag = Field(default=True, description="Whether each channel has a learned scale and shift.")
    bias: Flag = Field(default=True, description="Whether the shift is learned, where affine is true.")
    num_channels: Assertion = Field(
        None, description="Channels that come in; inferred, an assertion when written."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged; the groups must divide the channels."""
        require_channels_first(x, otherwise=x)
        require_groups(x, self.num_groups, "num_groups", lambda: x)
        return x

    def reach(self, x: Shape) -> Reaches:
        """The statistics are taken from all positions."""
        return "whole"

    def inferred(self, x: Shape) -> Mapping[str, Argument]:
        """The channels that come in."""
        return {"num_channels": x.channels}

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight and bias, a number a channel."""
        return scale_and_shift((x.channels or 0,), scale=self.affine, shift=self.bias)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.GroupNorm."""
        return Module(
            "torch.nn.GroupNorm",
            (self.num_groups, x.channels),
            *self.optional("eps", "affine", "bias"),
            names=("num_groups", "num_channels"),
        )


class LocalResponseNorm(Layer):
    """Divides each value by how strongly the `size` channels around it respond at the same position.

    Formula: y = x / (k + alpha · mean(x²))^beta, the mean over `size` neighbouring channels, those
    beyond the ends counting as 0.

    When: To rebuild AlexNet (Krizhevsky et al., 2012) and its time.

    Against: Slow, and of no use where bn is there; neighbouring channels have nothing to do with each
    other.
    """

    main: ClassVar[str | None] = "size"
    mixes_channels: ClassVar[bool] = True

    size: Positive = Field(description="Number of neighbouring channels that are summed over.")
    alpha: Number = Field(1e-4, description="Factor of the mean of squares.")
    beta: Number = Field(0.75, description="Exponent of the divisor.")
    k: Number = Field(1.0, description="Added to the mean of squares, so that nothing is divided by 0.")

    def infer(self, x: Shape) -> Shape:
        """Unchanged; torch takes it for spatial data only."""
        require_channels_first(x, otherwise=x)
        if x.rank < 1:
            message = f"it takes channels with positions, the input {x} has features alone"
            raise Reject("wrong-rank", message, hint="Write it before flatten.", otherwise=x)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LocalResponseNorm."""
        optional = self.optional("alpha", "beta", "k")
        return Module("torch.nn.LocalResponseNorm", (self.size,), *optional, names=("size",))
