"""Transposed convolutions, which make images larger."""

from collections.abc import Mapping
from functools import reduce
from typing import Literal, NamedTuple

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Reach, Taps, union
from cnnspec.declare.arguments import Flag, InferredChannels, Paddings, Positive, Sizes
from cnnspec.layers.base import INPUTS, MOST_TAPS, Layer, Products, Reaches
from cnnspec.layers.shape_rules import per_axis, require_groups, spatial_rank, without_empty_sizes


class _AxisArguments(NamedTuple):
    """The arguments along one axis; `extra` is output_padding."""

    kernel: int
    stride: int
    padding: int
    extra: int
    dilation: int

    def output_size(self, size: Size) -> Size:
        """(n − 1)s − 2p + d(k − 1) + output_padding + 1."""
        added = self.dilation * (self.kernel - 1) + self.extra + 1 - 2 * self.padding
        return sizes.grow(sizes.multiply(sizes.grow(size, -1), self.stride), added)

    def reach(self) -> Reach:
        """Output j reads the inputs i with i·s = j + p − d·t for some element t of the filter."""
        taps: list[Taps | None] = []
        for phase in range(self.stride):
            reads = [phase + self.padding - self.dilation * t for t in range(self.kernel)]
            inputs = [Taps(position // self.stride, 1) for position in reads if position % self.stride == 0]
            taps.append(reduce(union, inputs, None))
        return Reach(1, tuple(taps))


class ConvTranspose(Layer):
    """The way back of a conv: each input element lays a copy of the filters onto a larger output.

    Formula: (n − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1 along each axis.

    When: Learned upsampling in decoders and generators. kernel_size 2 with stride 2 doubles the size.

    Against: Where the kernel is no multiple of the stride, windows overlap unevenly and leave a
    checkerboard; upsample followed by conv does not.

    ```yaml
    # input: [16, 7, 7]
    - conv_transpose: {out_channels: 8, kernel_size: 2, stride: 2}  # doubles the size, without overlap
    - conv_transpose: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}  # doubles it, with overlap
    ```

    ```yaml
    # input: [1, 3]
    - {conv_transpose: {out_channels: 1, kernel_size: 2, stride: 2}, from: input}  # each output reads one input
    - {conv_transpose: {out_channels: 1, kernel_size: 3, stride: 2}, from: input}  # every other output reads two: the checkerboard
    ```
    """

    role = "weighted sum"
    linear_map = True
    mixes_channels = True
    kept = INPUTS
    autocast = "half"
    inferred_argument = "in_channels"

    out_channels: Positive = Field(description="Number of channels that come out.")
    kernel_size: Sizes = Field(description="Extent of a filter along each spatial axis.")
    stride: Sizes = Field(1, description="Distance in the output between neighbours of the input.")
    padding: Paddings = Field(0, description="Elements taken away at both ends of each axis of the output.")
    output_padding: Paddings = Field(
        0, description="Elements added at the far end of each axis of the output."
    )
    groups: Positive = Field(1, description="Groups that input and output channels are split into.")
    bias: Flag = Field(default=True, description="Whether a learned number is added to each output channel.")
    dilation: Sizes = Field(1, description="Distance between the elements of a filter.")
    padding_mode: Literal["zeros"] = Field("zeros", description="torch knows only zeros here.")
    in_channels: InferredChannels = None

    def consistent(self) -> None:
        """Raise Reject when the filters don't split into the groups."""
        if self.out_channels % self.groups:
            message = f"{self.out_channels} out_channels do not split into {self.groups} groups"
            raise Reject(
                "indivisible-groups", message, field="groups", hint="Write a divisor of out_channels."
            )

    def _axes(self, rank: int) -> list[_AxisArguments]:
        names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
        columns = (per_axis(getattr(self, name), rank, name) for name in names)
        return [_AxisArguments(*values) for values in zip(*columns, strict=True)]

    def infer(self, x: Shape) -> Shape:
        """(n − 1)s − 2p + d(k − 1) + output_padding + 1 along each spatial axis."""
        axes = self._axes(spatial_rank(x))
        for axis in axes:
            if axis.extra >= max(axis.stride, axis.dilation):
                message = f"output_padding is {axis.extra}, it must be smaller than stride ({axis.stride})"
                message += f" or dilation ({axis.dilation})"
                hint = f"Write at most {max(axis.stride, axis.dilation) - 1}."
                raise Reject("output-padding-too-large", message, field="output_padding", hint=hint)
        spatial = (axis.output_size(size) for size, axis in zip(x.spatial, axes, strict=True))
        y = Shape((self.out_channels, *spatial))
        require_groups(x, self.groups, "groups", lambda: without_empty_sizes(y))
        if not all(sizes.at_least(size, 1) for size in y.spatial):
            message = f"the output would have the size {y}: padding takes away more than there is"
            raise Reject(
                "empty-output",
                message,
                field="padding",
                hint="Write a smaller padding.",
                otherwise=without_empty_sizes(y),
            )
        return y

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Each element more makes `stride` more; the padding must leave something."""
        if axis == x.channel_axis:
            return SizeLaw(self.groups)
        return SizeLaw(1, 2 * self._axes(x.rank)[axis - 1].padding + 1)

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The computation of each output size with its numbers; equal lines once."""
        rows = zip(x.spatial, y.spatial, self._axes(x.rank), strict=True)
        lines = (
            f"({n} − 1)·{a.stride} − 2·{a.padding} + {a.dilation}·({a.kernel}−1) + {a.extra} + 1 = {m}"
            for n, m, a in rows
        )
        return tuple(dict.fromkeys(lines))

    def reach(self, x: Shape) -> Reaches:
        """Output j reads the inputs i with i·s = j + p − d·t for some element t of the filter."""
        axes = self._axes(x.rank)
        if any(axis.stride * axis.kernel * axis.dilation > MOST_TAPS for axis in axes):
            return None
        return tuple(axis.reach() for axis in axes)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight (C_in, C_out / groups, *kernel) and bias (C_out)."""
        kernel = per_axis(self.kernel_size, x.rank, "kernel_size")
        weight = (x.channels or 0, self.out_channels // self.groups, *kernel)
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def products(self, x: Shape, y: Shape) -> Products:
        """Each input element takes one product for each weight it meets."""
        kernel = per_axis(self.kernel_size, x.rank, "kernel_size")
        return Products(x.numbers, (*kernel, self.out_channels // self.groups), "inputs")

    def emit(self, x: Shape) -> Emit:
        """torch.nn.ConvTranspose1d, 2d or 3d."""
        return Module(
            f"torch.nn.ConvTranspose{x.rank}d",
            (x.channels, self.out_channels, self.kernel_size),
            *self.optional("stride", "padding", "output_padding", "groups", "bias", "dilation"),
            names=("in_channels", "out_channels", "kernel_size"),
        )
