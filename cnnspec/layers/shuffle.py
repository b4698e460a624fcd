"""Shuffles: channels become positions, positions channels, or channels change places."""

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Reach, Taps, Window
from cnnspec.declare.arguments import Positive
from cnnspec.layers.base import MOST_TAPS, Layer, Reaches
from cnnspec.layers.shape_rules import require_channels_first, require_groups, spatial_rank


class PixelShuffle(Layer):
    """Makes an image upscale_factor times as high and wide out of its channels.

    Formula: C / r² channels, H · r and W · r, with r = upscale_factor.

    When: The last step of super-resolution: a conv at the small size makes r² values a pixel (Shi et al.,
    2016), cheaper than convolving at the large size.

    Against: Without care in initialisation it leaves a checkerboard, as conv_transpose does.

    ```yaml
    # input: [16, 7, 7]
    - conv: {out_channels: 12, kernel_size: 3, padding: 1}
    - pixel_shuffle: 2  # a quarter of the channels, four times the positions
    ```
    """

    main = "upscale_factor"
    mixes_channels = True

    upscale_factor: Positive = Field(description="How many times as high and wide the image becomes.")

    def infer(self, x: Shape) -> Shape:
        """C / r², H · r, W · r."""
        spatial_rank(x, least=2, most=2)
        square = self.upscale_factor**2
        grown = tuple(sizes.multiply(size, self.upscale_factor) for size in x.spatial)
        if not sizes.divides(square, x.channels):
            message = f"{x.channels} channels are no multiple of upscale_factor² = {square}"
            hint = f"Give the conv before it a multiple of {square} for out_channels."
            raise Reject(
                "indivisible", message, field="upscale_factor", hint=hint, otherwise=Shape((None, *grown))
            )
        return Shape((sizes.divide(x.channels, square), *grown))

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Channels that are multiples of the factor's square."""
        return SizeLaw(self.upscale_factor**2 if axis == x.channel_axis else 1)

    def reach(self, x: Shape) -> Reaches:
        """R outputs along an axis read the same position."""
        if self.upscale_factor > MOST_TAPS:
            return None
        return (Reach(1, (Taps(0, 1),) * self.upscale_factor),) * x.rank

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """Channels and sizes with their numbers."""
        factor = self.upscale_factor
        lines = (f"{n}·{factor} = {m}" for n, m in zip(x.spatial, y.spatial, strict=True))
        return (f"{x.channels}/{factor}² = {y.channels} channels", *dict.fromkeys(lines))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.PixelShuffle."""
        return Module("torch.nn.PixelShuffle", (self.upscale_factor,), names=("upscale_factor",))


class PixelUnshuffle(Layer):
    """Makes an image downscale_factor times less high and wide, its pixels laid out as channels.

    Formula: C · r² channels, H / r and W / r, with r = downscale_factor.

    When: To shrink without losing anything, before a conv (YOLOv5's focus, super-resolution).

    Against: Height and width must be multiples of r; the next conv has r² times the channels to read.

    ```yaml
    # input: [3, 32, 32]
    - pixel_unshuffle: 2  # four times the channels, a quarter of the positions
    - conv: {out_channels: 16, kernel_size: 3, padding: 1}
    ```
    """

    main = "downscale_factor"
    mixes_channels = True

    downscale_factor: Positive = Field(description="How many times less high and wide the image becomes.")

    def infer(self, x: Shape) -> Shape:
        """C · r², H / r, W / r."""
        spatial_rank(x, least=2, most=2)
        factor = self.downscale_factor
        channels = sizes.multiply(x.channels, factor**2)
        for axis, size in enumerate(x.spatial, start=1):
            if not sizes.divides(factor, size):
                message = (
                    f"the size {size} along axis {axis} of {x} is no multiple of downscale_factor {factor}"
                )
                hint = f"Write a divisor of {size}, or pad it to a multiple of {factor} before."
                unknown = Shape((channels, None, None))
                raise Reject("indivisible", message, field="downscale_factor", hint=hint, otherwise=unknown)
        return Shape((channels, *(sizes.divide(size, factor) for size in x.spatial)))

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Sizes that are multiples of the factor."""
        return SizeLaw(self.downscale_factor)

    def reach(self, x: Shape) -> Reaches:
        """Each output reads r positions along an axis."""
        factor = self.downscale_factor
        return None if factor > MOST_TAPS else (Window(factor, factor).reach(),) * x.rank

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """Channels and sizes with their numbers."""
        factor = self.downscale_factor
        lines = (f"{n}/{factor} = {m}" for n, m in zip(x.spatial, y.spatial, strict=True))
        return (f"{x.channels}·{factor}² = {y.channels} channels", *dict.fromkeys(lines))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.PixelUnshuffle."""
        return Module("torch.nn.PixelUnshuffle", (self.downscale_factor,), names=("downscale_factor",))


class ChannelShuffle(Layer):
    """Deals the channels out anew: the first of every group, then the second of every group, and so on.

    Formula: Unchanged; output channel i · groups + g is channel g · (C / groups) + i of the input.

    When: Between convs with groups, which would otherwise never see each other's channels (ShuffleNet).

    Against: It moves memory without any arithmetic, which takes longer than the counts suggest.

    ```yaml
    # input: [16, 14, 14]
    - conv: {out_channels: 16, kernel_size: 1, groups: 4}
    - channel_shuffle: 4  # so that the next groups see some of each of these
    - conv: {out_channels: 16, kernel_size: 1, groups: 4}
    ```
    """

    role = "layout"
    linear_map = True
    main = "groups"
    mixes_channels = True

    groups: Positive = Field(
        description="Groups that the channels are dealt from; a divisor of their number."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where the groups don't divide the channels, and for features alone."""
        require_channels_first(x, otherwise=x)
        if x.rank < 1:
            message = f"it takes channels with positions, the input {x} has features alone"
            raise Reject("wrong-rank", message, hint="Write it before flatten.", otherwise=x)
        require_groups(x, self.groups, "groups", lambda: x)
        return x

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Channels that are multiples of the groups."""
        return SizeLaw(self.groups if axis == x.channel_axis else 1)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.ChannelShuffle."""
        return Module("torch.nn.ChannelShuffle", (self.groups,), names=("groups",))
