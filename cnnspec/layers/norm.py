"""Normalisations with a mean and a variance for each channel: batch and instance norm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Argument, Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, Reaches, spatial_rank
from cnnspec.layers.fields import (
    Assertion,
    Flag,
    NonNegativeNumber,
    OptionalProbability,
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

    averages_batch: ClassVar[bool] = True

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
        spatial_rank(x, least=0, otherwise=x)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.BatchNorm1d (features too), 2d or 3d."""
        optional = self.optional("eps", "momentum", "affine", "track_running_stats", "bias")
        target = f"torch.nn.BatchNorm{max(x.rank, 1)}d"
        return Module(target, (x.channels,), *optional, names=("num_features",))


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
        spatial_rank(x, otherwise=x)
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
        optional = self.optional("eps", "momentum", "affine", "track_running_stats", "bias")
        return Module(f"torch.nn.InstanceNorm{x.rank}d", (x.channels,), *optional, names=("num_features",))
