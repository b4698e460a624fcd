"""Normalisations, by what their statistics are taken over.

A channel over positions: bn (and the batch), instancenorm. Axes of one's choice: layernorm, rmsnorm. Groups of
channels: groupnorm. Neighbouring channels: lrn.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Argument, Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.declare.arguments import (
    Flag,
    InferredChannels,
    InferredSizes,
    NonNegativeNumber,
    Number,
    OptionalAxes,
    OptionalNonNegativeNumber,
    OptionalProbability,
    Positive,
    PositiveNumber,
    Probability,
)
from cnnspec.layers.base import Kept, Layer, Reaches
from cnnspec.layers.shape_rules import require_channels_first, require_groups, resolve_axes, spatial_rank


def scale_and_shift(shape: tuple[int, ...], *, scale: bool, shift: bool) -> Mapping[str, tuple[int, ...]]:
    """The weight and bias, both of this shape; a shift comes only with a scale."""
    parameters = (("weight", scale), ("bias", scale and shift))
    return {name: shape for name, learned in parameters if learned}


# A mean and a variance for each channel


class ChannelNorm(Layer):
    """bn and instancenorm: a mean and a variance for each channel, tracked for eval mode or not."""

    role = "norm"
    inferred_argument = "num_features"

    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    bias: Flag = Field(
        default=True, description="Whether a learned number is added to each channel, where affine is true."
    )
    num_features: InferredChannels = None
    affine: Flag
    track_running_stats: Flag

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight and bias, a number a channel."""
        return scale_and_shift((x.channels or 0,), scale=self.affine, shift=self.bias)

    def buffers(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The running statistics, and the number of batches that they were taken from."""
        if not self.track_running_stats:
            return {}
        channel = (x.channels or 0,)
        return {"running_mean": channel, "running_var": channel, "num_batches_tracked": ()}

    def reach(self, x: Shape) -> Reaches:
        """Statistics that are not tracked are taken from the input itself, all of it."""
        return super().reach(x) if self.track_running_stats else "whole"


class BatchNorm(ChannelNorm):
    """Brings each channel to mean 0 and variance 1 over batch and positions, then scales and shifts it.

    Formula: y = (x − mean) / √(var + eps) · weight + bias. In training mean and var are the batch's; in
    eval mode the running ones, of which each step replaces the fraction `momentum`.

    When: After a conv or linear and before its activation: it speeds training up and steadies it, and
    allows larger learning rates (Ioffe & Szegedy, 2015). In eval mode it can be folded into the conv.

    Against: Small batches give noisy statistics (groupnorm takes none from the batch), and training
    differs from eval. One value a channel, as batch size 1 at 1×1, can't be normalised at all. It makes the bias of
    the layer before it useless.

    ```yaml
    # input: [16, 14, 14]
    - conv: {out_channels: 32, kernel_size: 3, padding: 1, bias: false}  # bn subtracts any bias
    - bn  # a scale and a shift for each channel
    - relu
    ```
    """

    linear_map = True
    averages_batch = True

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

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, and mean and deviation of each channel."""
        return Kept(inputs=True, statistics=2 * (y.channels or 0))


class InstanceNorm(ChannelNorm):
    """Brings each channel of each sample to mean 0 and variance 1 over its positions.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over the spatial axes.

    When: Style transfer and image generation, where each picture's contrast should not matter.

    Against: How strong a channel is, is lost, which classifiers need. Over a single position there is
    nothing to normalise, and torch refuses.

    ```yaml
    # input: [16, 14, 14]
    - instancenorm  # by default nothing is learned
    - instancenorm: {affine: true}  # a scale and a shift for each channel
    ```
    """

    momentum: Probability = Field(
        0.1, description="Fraction of the running statistics that each batch replaces."
    )
    affine: Flag = Field(default=False, description="Whether each channel has a learned scale and shift.")
    track_running_stats: Flag = Field(
        default=False, description="Whether running statistics are kept for eval mode."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject for a single position, which has no variance."""
        spatial_rank(x, otherwise=x)
        if not sizes.at_least(sizes.product(x.spatial), 2):
            message = (
                f"the input {x} has one position a channel: nothing is left of it once the mean is taken away"
            )
            raise Reject(
                "nothing-to-normalise", message, hint="Write bn or groupnorm, or leave it out.", otherwise=x
            )
        return x

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """A single position is refused."""
        return SizeLaw(1, 2)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.InstanceNorm1d, 2d or 3d."""
        optional = self.optional("eps", "momentum", "affine", "track_running_stats", "bias")
        return Module(f"torch.nn.InstanceNorm{x.rank}d", (x.channels,), *optional, names=("num_features",))

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input; of each sample's channels mean, deviation, running statistics and scale."""
        numbers = 2 + 2 * self.track_running_stats + self.affine
        return Kept(inputs=True, values=numbers * (y.channels or 0))


# Statistics over axes of one's choice


class NormOverAxes(Layer):
    """layernorm and rmsnorm: torch has them over the last axes, a helper over others."""

    autocast = "full"
    role = "norm"
    mixes_channels = True
    scales_values = True
    inferred_argument = "normalized_shape"
    options: ClassVar[tuple[str, ...]]
    """torch's keywords."""
    statistics: ClassVar[int]
    """How many numbers it takes of each position."""

    axis: OptionalAxes = Field(
        None,
        description="Axis or axes that are normalised together, the batch not counted; null: the channels'.",
    )
    elementwise_affine: Flag = Field(
        default=True, description="Whether each element along these axes has a learned scale."
    )
    normalized_shape: InferredSizes = None

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, and for each position that is normalised its statistics."""
        return Kept(inputs=True, values=self.statistics * (y.elements // math.prod(self._sizes(y))))

    def _axes(self, x: Shape) -> tuple[int, ...]:
        written = x.channel_axis if self.axis is None else self.axis
        return resolve_axes(written if isinstance(written, tuple) else (written,), x, "axis", otherwise=x)

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        return tuple(x.sizes[axis] or 0 for axis in self._axes(x))

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where there are no such axes."""
        self._axes(x)
        return x

    def reach(self, x: Shape) -> Reaches:
        """Along a normalised axis each output reads all of it."""
        spatial = set(range(len(x.sizes))) - {x.channel_axis}
        normalised = spatial & set(self._axes(x))
        if not normalised:
            return super().reach(x)
        return "whole" if normalised == spatial else None

    def inferred(self, x: Shape) -> Argument:
        """The size along the axis, or a tuple of sizes; unknown when one of them is."""
        found = tuple(x.sizes[axis] for axis in self._axes(x))
        return None if None in found else found[0] if len(found) == 1 else found

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight, with a number for each element along the axes."""
        return scale_and_shift(self._sizes(x), scale=self.elementwise_affine, shift=False)

    def made_for(self, x: Shape) -> object:
        """The sizes that are normalised together, whether they have weights or not."""
        return self._sizes(x)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LayerNorm or RMSNorm over the last axes, a helper over others."""
        axes, options = self._axes(x), self.optional(*self.options)
        shape, dims = _one_or_all(self._sizes(x)), _one_or_all(tuple(axis + 1 for axis in axes))
        count = len(x.sizes)
        if axes == tuple(range(count - len(axes), count)):
            return Module(f"torch.nn.{type(self).__name__}", (shape,), *options, names=("normalized_shape",))
        return Module(
            f"helper:{type(self).__name__}Over", (shape, dims), *options, names=("normalized_shape", "dim")
        )


def _one_or_all(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(numbers) == 1 else numbers


class LayerNorm(NormOverAxes):
    """Brings each sample to mean 0 and variance 1 along the chosen axes, at every position of the others.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over `axis`; weight and bias have
    the sizes along these axes.

    When: Over the channels of tokens, and of images in ConvNeXt (Liu et al., 2022): no batch statistics,
    the same in training and eval.

    Against: Over the channels of an image, which are its first axis, the tensor is permuted twice, which
    costs time. Convolutional networks that are not built for it do better with bn.

    ```yaml
    # input: [16, 14, 14]
    - layernorm: {axis: 0}  # over the channels of each position
    ```
    """

    options = ("eps", "elementwise_affine", "bias")
    statistics = 2

    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    bias: Flag = Field(
        default=True, description="Whether the shift is learned, where elementwise_affine is true."
    )

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight and bias, with a number for each element along the axes."""
        return scale_and_shift(self._sizes(x), scale=self.elementwise_affine, shift=self.bias)


class RMSNorm(NormOverAxes):
    """Divides each sample by its root mean square along the chosen axes.

    Formula: y = x / √(mean(x²) + eps) · weight, the mean over `axis`.

    When: A cheaper layernorm (Zhang & Sennrich, 2019): no mean is taken away and no shift learned.

    Against: Rare in convolutional networks, so there is little to compare with; over the channels of an
    image it permutes twice, as layernorm does.

    ```yaml
    # input: [16, 14, 14]
    - rmsnorm: {axis: 0}  # over the channels of each position
    ```
    """

    options = ("eps", "elementwise_affine")
    statistics = 1

    eps: OptionalNonNegativeNumber = Field(
        None, description="Added to the mean of squares; null: the smallest step of the number type."
    )


# Groups of channels, and neighbours


class GroupNorm(Layer):
    """Brings each group of channels of each sample to mean 0 and variance 1 over its positions.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over in_channels / num_groups
    channels and all positions; weight and bias a channel.

    When: Instead of bn where batches are small, as in detection and segmentation (Wu & He, 2018); 32
    groups are common, 1 is a layer norm over everything, in_channels an instance norm.

    Against: Can't be folded into a conv, so it costs time in eval mode; a little worse than bn where
    batches are large.

    ```yaml
    # input: [16, 14, 14]
    - groupnorm: 4  # statistics over 4 channels at a time, a scale and a shift for each of the 16
    ```
    """

    autocast = "full"
    role = "norm"
    main = "num_groups"
    mixes_channels = True
    inferred_argument = "num_channels"

    num_groups: Positive = Field(
        description="Groups that the channels are split into; a divisor of their number."
    )
    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    affine: Flag = Field(default=True, description="Whether each channel has a learned scale and shift.")
    bias: Flag = Field(default=True, description="Whether the shift is learned, where affine is true.")
    num_channels: InferredChannels = None

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where the groups don't divide the channels."""
        require_channels_first(x, otherwise=x)
        require_groups(x, self.num_groups, "num_groups", lambda: x)
        return x

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Channels that are multiples of the groups."""
        return SizeLaw(self.num_groups if axis == x.channel_axis else 1)

    def reach(self, x: Shape) -> Reaches:
        """The statistics are taken from all positions."""
        return "whole"

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

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, and mean and deviation of each group."""
        return Kept(inputs=True, values=2 * self.num_groups)


class LocalResponseNorm(Layer):
    """Divides each value by how strongly the `size` channels around it respond at the same position.

    Formula: y = x / (k + alpha · mean(x²))^beta, the mean over `size` neighbouring channels, those
    beyond the ends counting as 0.

    When: To rebuild AlexNet (Krizhevsky et al., 2012) and its time.

    Against: Slow, and of no use where bn is there; neighbouring channels have nothing to do with each
    other.

    ```yaml
    # input: [16, 14, 14]
    - lrn: 5
    ```
    """

    autocast = "full"
    role = "norm"
    main = "size"
    mixes_channels = True

    size: Positive = Field(description="Number of neighbouring channels that are summed over.")
    alpha: Number = Field(1e-4, description="Factor of the mean of squares.")
    beta: Number = Field(0.75, description="Exponent of the divisor.")
    k: Number = Field(1.0, description="Added to the mean of squares, so that nothing is divided by 0.")

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject for features alone, which torch refuses."""
        require_channels_first(x, otherwise=x)
        if x.rank < 1:
            message = f"it takes channels with positions, the input {x} has features alone"
            raise Reject("wrong-rank", message, hint="Write it before flatten.", otherwise=x)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LocalResponseNorm."""
        optional = self.optional("alpha", "beta", "k")
        return Module("torch.nn.LocalResponseNorm", (self.size,), *optional, names=("size",))

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, their squares with as many channels added as it looks around, the divisors and their roots."""
        padded = y.with_channels(sizes.grow(y.channels, self.size - 1))
        return Kept(inputs=True, values=padded.elements + 2 * y.elements)
