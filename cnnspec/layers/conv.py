"""Convolutions: learned filters that slide over the spatial axes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Border, Window
from cnnspec.declare.arguments import Flag, InferredChannels, Padding, Positive, Sizes
from cnnspec.layers.base import MOST_TAPS, Kept, Layer, Products, Reaches
from cnnspec.layers.shape_rules import (
    per_axis,
    positions,
    require_groups,
    slide,
    spatial_rank,
    without_empty_sizes,
)

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
_MIRRORED = {"reflect": 1, "circular": 0}
"""Elements of the input that the padding can't use, by the modes that take it from there."""


class Convolution(Layer):
    """conv and depthwise: a kernel that slides over a padded input."""

    role = "weighted sum"
    linear_map = True
    mixes_channels = True
    autocast = "half"
    inferred_argument = "in_channels"

    kernel_size: Sizes = Field(description="Extent of a filter along each spatial axis.")
    stride: Sizes = Field(1, description="Step from one position of the filter to the next.")
    padding: Padding = Field(
        0, description="Elements added at both ends of each axis; `same` keeps the size, `valid` adds none."
    )
    dilation: Sizes = Field(
        1, description="Distance between the elements that a filter reads; 1 has no holes."
    )
    bias: Flag = Field(default=True, description="Whether a learned number is added to each output channel.")
    padding_mode: PaddingMode = Field("zeros", description="What the padding is filled with.")
    in_channels: InferredChannels = None

    def consistent(self) -> None:
        """Raise Reject for `same` padding with a stride, with which the size can't stay the same."""
        strides = (self.stride,) if isinstance(self.stride, int) else self.stride
        if self.padding == "same" and any(stride != 1 for stride in strides):
            message = f"padding same keeps the size, but stride is {_listed(self.stride)}"
            raise Reject("same-with-stride", message, field="padding", hint="Write the padding as a number.")

    def windows(self, rank: int) -> tuple[Window, ...]:
        """The filter along each axis."""
        return _windows(self.kernel_size, self.stride, self.padding, self.dilation, rank)

    def infer(self, x: Shape) -> Shape:
        """⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 along each spatial axis (Dumoulin & Visin, 2016)."""
        windows = self.windows(spatial_rank(x))
        out, groups = self.filters(x.channels)
        if groups != 1:
            require_groups(x, groups, "groups", lambda: without_empty_sizes(positions(windows, x, out)))
        y = slide(windows, x, out)
        if self.padding_mode in _MIRRORED:
            self._require_mirrored(windows, x, y)
        return y

    def filters(self, channels: Size) -> tuple[Size, int]:
        """The number of output channels, and of groups."""
        raise NotImplementedError

    def size_law(self, x: Shape, axis: int) -> SizeLaw | None:
        """As the windows have it; channels that split into the groups."""
        if axis == x.channel_axis:
            return SizeLaw(self.filters(None)[1])
        law = super().size_law(x, axis)
        window = self.windows(x.rank)[axis - 1]
        spare = max(window.before, window.after) + 1 if self.padding_mode in _MIRRORED else 1
        return law and law._replace(least=max(law.least, spare))

    def reach(self, x: Shape) -> Reaches:
        """The elements under the filter, those of the padding being where its mode takes them from."""
        windows = self.windows(x.rank)
        if self.padding_mode == "zeros" or any(window.extent > MOST_TAPS for window in windows):
            return super().reach(x)
        border: Border = self.padding_mode
        return tuple(window.reach(border) for window in windows)

    def _require_mirrored(self, windows: tuple[Window, ...], x: Shape, y: Shape) -> None:
        """Raise Reject where reflected or wrapped padding needs a larger input."""
        spare = _MIRRORED[self.padding_mode]
        for window, size in zip(windows, x.spatial, strict=True):
            if not sizes.at_least(size, max(window.before, window.after) + spare):
                message = f"padding {window.after} in {self.padding_mode} mode needs an input of at least"
                message += f" {window.after + spare}, it has {size}"
                hint = f"Write a padding of at most {(size or 0) - spare}, or padding_mode: replicate."
                raise Reject("padding-too-large", message, field="padding", hint=hint, otherwise=y)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight (C_out, C_in / groups, *kernel) and bias (C_out)."""
        channels = x.channels or 0
        out, groups = self.filters(channels)
        kernel = per_axis(self.kernel_size, x.rank, "kernel_size")
        weight = (out or 0, channels // groups, *kernel)
        return {"weight": weight, "bias": weight[:1]} if self.bias else {"weight": weight}

    def products(self, x: Shape, y: Shape) -> Products:
        """Each output element takes one product for each weight of its filter."""
        channels = x.channels or 0
        _, groups = self.filters(channels)
        kernel = per_axis(self.kernel_size, x.rank, "kernel_size")
        return Products(y.numbers, (*kernel, channels // groups))

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input; where torch pads a copy of that first, the copy, and with reflect and replicate both."""
        copy = self.scratch(inputs, y)
        return copy._replace(inputs=not copy.values or self.padding_mode in ("reflect", "replicate"))

    def scratch(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """The copy that is padded, but for zeros that are the same on both sides."""
        (x,) = inputs
        added = [self._copied(window) for window in self.windows(x.rank)]
        if self.padding_mode == "zeros" and not any(added):
            return Kept()
        padded = zip(x.spatial, added, strict=True)
        copy = Shape((x.channels, *(sizes.grow(size, more) for size, more in padded)))
        return Kept(values=copy.elements)

    def _copied(self, window: Window) -> int:
        """How many elements of padding torch adds beforehand: all that are no zeros, or the odd one of `same`."""
        both = window.before + window.after
        return abs(window.after - window.before) if self.padding_mode == "zeros" else both

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Conv1d, Conv2d or Conv3d."""
        out, groups = self.filters(x.channels)
        kwargs, defaults = self.optional("stride", "padding", "dilation")
        rest, its_defaults = self.optional("bias", "padding_mode")
        return Module(
            f"torch.nn.Conv{x.rank}d",
            (x.channels, out, self.kernel_size),
            {**kwargs, **({"groups": groups} if groups != 1 else {}), **rest},
            {**defaults, "groups": 1, **its_defaults},
            names=("in_channels", "out_channels", "kernel_size"),
        )


class Conv(Convolution):
    """Slides `out_channels` learned filters over the input; each makes one channel of the output.

    Formula: ⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1 along each spatial axis. Over
    images it has k·k·C_in·C_out weights, divided by groups, and C_out biases, k being kernel_size.

    When: The layer that convolutional networks are made of: the same few weights look for the same
    pattern everywhere. 3×3 with padding 1 keeps the size; stride 2 halves it; 1×1 mixes channels;
    dilation sees further at the same cost; groups save weights.

    Against: Sees only its kernel's extent, so a wide view takes depth, stride or dilation. A bias is
    of no use right before bn, which subtracts it.

    ```yaml
    # input: [3, 32, 32]
    - conv: {out_channels: 16, kernel_size: 3, padding: 1}  # a padding of (k − 1)/2 keeps the size, of an odd kernel
    - conv: {out_channels: 32, kernel_size: 3, padding: 1, stride: 2}  # a stride of 2 halves it
    - conv: {out_channels: 32, kernel_size: 3, padding: 2, dilation: 2}  # 3 elements with holes between them see 5
    - conv: {out_channels: 32, kernel_size: 3, padding: 1, groups: 4}  # a filter sees 8 of the 32 channels
    - conv: {out_channels: 10, kernel_size: 1}  # mixes the channels of each position
    ```

    ```yaml
    # input: [4, 7]
    - {conv: {out_channels: 4, kernel_size: 3, stride: 2}, from: input}  # each window begins 2 further on
    - {conv: {out_channels: 4, kernel_size: 3, dilation: 2}, from: input}  # a window with holes
    - {conv: {out_channels: 4, kernel_size: 3, padding: 1, groups: 2}, from: input}  # the ends are padded, and half of the channels seen
    ```
    """

    out_channels: Positive = Field(description="Number of filters, and of channels that come out.")
    groups: Positive = Field(
        1,
        description="Groups that input and output channels are split into; a filter sees only its own group.",
    )

    def consistent(self) -> None:
        """Raise Reject when the filters don't split into the groups."""
        super().consistent()
        if self.out_channels % self.groups:
            message = f"{self.out_channels} out_channels do not split into {self.groups} groups"
            hint = f"Write a multiple of {self.groups} for out_channels, or a divisor for groups."
            raise Reject("indivisible-groups", message, field="groups", hint=hint)

    def filters(self, channels: Size) -> tuple[Size, int]:
        """out_channels and groups."""
        return self.out_channels, self.groups


class Depthwise(Convolution):
    """A convolution that keeps the channels apart: each has `multiplier` filters of its own.

    Formula: As conv, with groups = in_channels and out_channels = in_channels · multiplier.

    When: With a 1×1 conv after it, a cheap stand-in for a full convolution (MobileNet, ConvNeXt): k²
    weights a channel instead of k² · in_channels.

    Against: Mixes no channels by itself, and moves much memory for little arithmetic: fewer
    multiply-accumulates are not as many times faster.

    ```yaml
    # input: [32, 28, 28]
    - depthwise: {kernel_size: 3, padding: 1}  # one filter a channel
    - conv: {out_channels: 64, kernel_size: 1}  # mixes what the filters found
    - {conv: {out_channels: 64, kernel_size: 3, padding: 1}, from: input}  # the full convolution that both stand in for
    ```

    ```yaml
    # input: [4, 7]
    - depthwise: 3  # each channel by itself
    ```
    """

    main = "kernel_size"
    mixes_channels = False

    multiplier: Positive = Field(1, description="Filters, and so output channels, for each input channel.")

    def filters(self, channels: Size) -> tuple[Size, int]:
        """As many groups as channels."""
        return sizes.multiply(channels, self.multiplier), channels or 1


@lru_cache(1024)
def _windows(
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | str | tuple[int, ...],
    dilation: int | tuple[int, ...],
    rank: int,
) -> tuple[Window, ...]:
    """The window along each axis; cached, as many layers of a network have the same arguments."""
    kernels = per_axis(kernel_size, rank, "kernel_size")
    strides = per_axis(stride, rank, "stride")
    dilations = per_axis(dilation, rank, "dilation")
    paddings: tuple[int | str, ...] = (
        (padding,) * rank if isinstance(padding, str) else per_axis(padding, rank, "padding")
    )
    pads = [_ends(p, k, d) for p, k, d in zip(paddings, kernels, dilations, strict=True)]
    rows = zip(kernels, strides, pads, dilations, strict=True)
    return tuple(Window(k, s, before, after, d) for k, s, (before, after), d in rows)


def _ends(padding: int | str, kernel: int, dilation: int) -> tuple[int, int]:
    """The padding before and after; torch puts the odd element of `same` after."""
    if padding == "same":
        both = dilation * (kernel - 1)
        return both // 2, both - both // 2
    return (0, 0) if isinstance(padding, str) else (padding, padding)


def _listed(value: int | tuple[int, ...]) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)
