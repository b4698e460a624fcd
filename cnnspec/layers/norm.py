"""Normalisations whose statistics belong to channels: batch, instance, group, local response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Argument, Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, Reaches, divisors, require_channels_first, spatial_rank
from cnnspec.layers.fields import (
    Assertion,
    Flag,
    NonNegativeNumber,
    Number,
    OptionalProbability,
    Positive,
    PositiveNumber,
    Probability,
)


def scale_and_shift(shape: tuple[int, ...], *, scale: bool, shift: bool) -> Mapping[str, tuple[int, ...]]:
    """The weight and bias of one shape, as far as they are wanted."""
    names = (("weight", scale), ("bias", scale and shift))
    return {name: shape for name, wanted in names if wanted}


class Statistics(Layer):
    """What bn and instancenorm share: a mean and a variance for each channel."""

    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    bias: Flag = Field(
        default=True, description="Whether a learned number is added to each channel, where affine is true."
    )
    num_features: Assertion = Field(
        None, description="Channels that come in; inferred, an assertion when written."
    )
    affine: Flag
    track_running_stats: Flag

    def inferred(self, x: Shape) -> Mapping[str, Argument]:
        """The channels that come in."""
        return {"num_features": x.channels}

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight and bias, a number a channel."""
        return scale_and_shift((x.channels or 0,), scale=self.affine, shift=self.bias)

    def buffers(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The running statistics, and how many batches went into them."""
        if not self.track_running_stats:
            return {}
        channel = (x.channels or 0,)
        return {"running_mean": channel, "running_var": channel, "num_batches_tracked": ()}

    def reach(self, x: Shape) -> Reaches:
        """Statistics that are not tracked are taken from the input itself, all of it."""
        return super().reach(x) if self.track_running_stats else "whole"


class BatchNorm(Statistics):
    """Brings each channel to mean 0 and variance 1 over batch and positions, then scales and shifts it.

    Formula: y = (x − mean) / √(var + eps) · weight + bias. In training mean and var are the batch's; in
    eval mode the running ones, of which each step replaces the fraction `momentum`.

    When: After a conv or linear and before its activation: it speeds training up and steadies it, and
    allows larger learning rates (Ioffe & Szegedy, 2015). In eval mode it can be folded into the conv.

    Against: Small batches give noisy statistics (groupnorm takes none from the batch), and training
    differs from eval. One value a channel, as batch size 1 at 1×1, can't be normalised at all. It makes the bias of
    the layer before it useless.
    """

    eps: PositiveNumber = Field(1e-05, description="Added to the variance, so that nothing is divided by 0.")
    momentum: OptionalProbability = Field(
        0.1,
        description="Fraction of the running statistics a batch replaces; null: a plain average.",
    )
    affine: Flag = Field(default=True, description="Whether each channel has a learned scale and shift.")
    track_running_stats: Flag = Field(
        default=True,
        description="Whether running statistics are kept for eval mode; else it uses the batch's.",
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged; features, signals, images or volumes."""
        spatial_rank(x, least=0)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.BatchNorm1d (features too), 2d or 3d."""
        kwargs = self.changed("eps", "momentum", "affine", "track_running_stats", "bias")
        return Module(f"torch.nn.BatchNorm{max(x.rank, 1)}d", (x.channels,), kwargs)


class InstanceNorm(Statistics):
    """Brings each channel of each sample to mean 0 and variance 1 over its positions.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over the spatial axes.

    When: Style transfer and image generation, where each picture's contrast should not matter.

    Against: How strong a channel is, is lost, which classifiers need. Over a single position there is
    nothing to normalise, and torch refuses.
    """

    momentum: Probability = Field(
        0.1, description="Fraction of the running statistics that each batch replaces."
    )
    affine: Flag = Field(default=False, description="Whether each channel has a learned scale and shift.")
    track_running_stats: Flag = Field(
        default=False, description="Whether running statistics are kept for eval mode."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged; it takes two positions at least to have a variance."""
        spatial_rank(x)
        if not sizes.at_least(sizes.product(x.spatial), 2):
            message = (
                f"the input {x} has one position a channel: nothing is left of it once the mean is taken away"
            )
            raise Reject(
                "nothing-to-normalise", message, hint="Write bn or groupnorm, or leave it out.", otherwise=x
            )
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.InstanceNorm1d, 2d or 3d."""
        kwargs = self.changed("eps", "momentum", "affine", "track_running_stats", "bias")
        return Module(f"torch.nn.InstanceNorm{x.rank}d", (x.channels,), kwargs)


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
        require_channels_first(x)
        if not sizes.divides(self.num_groups, x.channels):
            message = f"{x.channels} channels do not split into {self.num_groups} groups"
            hint = f"Write a divisor of {x.channels}: {divisors(x.channels)}."
            raise Reject("indivisible-groups", message, field="num_groups", hint=hint, otherwise=x)
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
            "torch.nn.GroupNorm", (self.num_groups, x.channels), self.changed("eps", "affine", "bias")
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
        require_channels_first(x)
        if x.rank < 1:
            message = f"it takes channels with positions, the input {x} has features alone"
            raise Reject("wrong-rank", message, hint="Write it before flatten.", otherwise=x)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LocalResponseNorm."""
        return Module("torch.nn.LocalResponseNorm", (self.size,), self.changed("alpha", "beta", "k"))
