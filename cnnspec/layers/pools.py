"""Pools: one number for each window of each channel.

Sliding windows of a given size; adaptive ones, cut so that the output has a given size; global ones over all.
"""

from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Window
from cnnspec.declare.arguments import (
    Flag,
    Number,
    OptionalPositive,
    OptionalSizes,
    OutputSizes,
    Paddings,
    Sizes,
)
from cnnspec.layers.base import INPUTS, AxisReads, Kept, Layer, Reaches
from cnnspec.layers.shape_rules import per_axis, slide, spatial_rank

_VOLUMES = 3


# Sliding windows


class Pool(Layer):
    """A window that slides over the spatial axes, by default by its own size."""

    role = "pool"
    main = "kernel_size"
    averages: ClassVar[bool] = False
    """Whether torch computes it by AvgPool3d, which refuses kernels larger than the volume."""

    kernel_size: Sizes = Field(description="Extent of the window along each spatial axis, in elements.")
    stride: OptionalSizes = Field(
        None,
        description="Step from one position of the window to the next; null: the kernel_size (no overlap).",
    )
    ceil_mode: Flag = Field(
        default=False,
        description="Whether a last window that reaches beyond the far end counts: sizes round up, not down.",
    )

    def windows(self, rank: int) -> tuple[Window, ...]:
        """The window along each axis. Raises Reject for a padding of more than half of it, as torch does."""
        kernels = per_axis(self.kernel_size, rank, "kernel_size")
        strides = kernels if self.stride is None else per_axis(self.stride, rank, "stride")
        rows = zip(kernels, strides, self._paddings(rank), self._dilations(rank), strict=True)
        return tuple(_window(k, s, p, d, ceil=self.ceil_mode) for k, s, p, d in rows)

    def size_law(self, x: Shape, axis: int) -> SizeLaw | None:
        """As the windows have it, from where AvgPool3d accepts them, too."""
        law = super().size_law(x, axis)
        kernels = (1, *per_axis(self.kernel_size, x.rank, "kernel_size"))
        return law and law._replace(least=max(law.least, kernels[axis]))

    def _paddings(self, rank: int) -> tuple[int, ...]:
        return (0,) * rank

    def _dilations(self, rank: int) -> tuple[int, ...]:
        return (1,) * rank

    def infer(self, x: Shape) -> Shape:
        """⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 along each spatial axis; with ceil_mode rounded up."""
        windows = self.windows(spatial_rank(x))
        y = slide(windows, x, x.channels, can_pad=False)
        if self.averages and x.rank == _VOLUMES:
            _require_inside(windows, x, y)
        return y


def _window(kernel: int, stride: int, padding: int, dilation: int, *, ceil: bool) -> Window:
    if padding > kernel // 2:
        message = f"padding {padding} is more than half of the kernel_size {kernel}"
        hint = f"Write a padding of at most {kernel // 2}; for more, pad before the pool."
        raise Reject("padding-too-large", message, field="padding", hint=hint)
    return Window(kernel, stride, padding, padding, dilation, ceil)


def _require_inside(windows: tuple[Window, ...], x: Shape, y: Shape) -> None:
    """Raise Reject for a kernel larger than the volume, as avg_pool3d does whatever padding and ceil_mode are."""
    for axis, (window, size) in enumerate(zip(windows, x.spatial, strict=True), start=1):
        if not sizes.at_least(size, window.kernel):
            message = f"kernel_size {window.kernel} is larger than the volume's {size} along axis {axis},"
            message += " which torch's AvgPool3d refuses, whatever the padding"
            hint = f"Write a kernel_size of at most {size}, or pad before it."
            raise Reject("kernel-too-large", message, field="kernel_size", hint=hint, otherwise=y)


class Maximum(Layer):
    """What pools share that keep the largest value."""

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, and where each largest value stands."""
        return self.scratch(inputs, y)._replace(inputs=True)

    def scratch(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Where each largest value stands, in 8 bytes."""
        return Kept(bytes=8 * y.elements)


class MaxPool(Maximum, Pool):
    """Keeps the largest value that a window sees, in each channel.

    Formula: ⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1 along each spatial axis;
    rounded up with ceil_mode.

    When: Between stages, to shrink: with kernel_size n = stride the size becomes 1/n, and small shifts
    of a pattern no longer matter. No parameters, little arithmetic.

    Against: Where the pattern was is lost, which hurts segmentation and detection; the gradient reaches
    only one input a window. A conv with stride 2 shrinks and learns at the same time.

    ```yaml
    # input: [16, 28, 28]
    - maxpool: 2  # half the size, and no parameters
    - maxpool: {kernel_size: 3, stride: 2, padding: 1}  # half the size, with windows that overlap
    ```

    ```yaml
    # input: [1, 7]
    - {maxpool: 2, from: input}  # the last element is left over
    - {maxpool: {kernel_size: 2, ceil_mode: true}, from: input}  # rounded up, it is not
    - {maxpool: {kernel_size: 3, stride: 2}, from: input}  # windows that overlap
    ```
    """

    padding: Paddings = Field(
        0, description="Elements of −∞ added at both ends of each axis; at most kernel_size / 2."
    )
    dilation: Sizes = Field(
        1, description="Distance between the elements that a window reads; 1 has no holes."
    )

    def _paddings(self, rank: int) -> tuple[int, ...]:
        return per_axis(self.padding, rank, "padding")

    def _dilations(self, rank: int) -> tuple[int, ...]:
        return per_axis(self.dilation, rank, "dilation")

    def emit(self, x: Shape) -> Emit:
        """torch.nn.MaxPool1d, 2d or 3d."""
        optional = self.optional("stride", "padding", "dilation", "ceil_mode")
        return Module(f"torch.nn.MaxPool{x.rank}d", (self.kernel_size,), *optional, names=("kernel_size",))


class AvgPool(Pool):
    """Keeps the mean of what a window sees, in each channel.

    Formula: ⌊(n + 2·padding − kernel_size) / stride⌋ + 1 along each spatial axis; rounded up with
    ceil_mode.

    When: To shrink smoothly: every input counts, nothing aliases as it does after maxpool. DenseNet's
    transitions and a head over a known size use it; with n = stride the size becomes 1/n.

    Against: Blurs: a strong but rare response drowns in its neighbours. With padding the zeros pull the
    border down unless count_include_pad is false.

    ```yaml
    # input: [16, 28, 28]
    - avgpool: 2  # half the size, and no parameters
    ```

    ```yaml
    # input: [1, 7]
    - {avgpool: 2, from: input}  # the last element is left over
    - {avgpool: {kernel_size: 3, stride: 2}, from: input}  # windows that overlap
    ```
    """

    kept = INPUTS
    linear_map = True
    averages = True

    padding: Paddings = Field(
        0, description="Zeros added at both ends of each axis; at most kernel_size / 2."
    )
    count_include_pad: Flag = Field(
        default=True, description="Whether the zeros of the padding count in the mean."
    )
    divisor_override: OptionalPositive = Field(
        None,
        description="What the sum is divided by instead of the window's number of elements; not for signals.",
    )

    def _paddings(self, rank: int) -> tuple[int, ...]:
        return per_axis(self.padding, rank, "padding")

    def infer(self, x: Shape) -> Shape:
        """As the other pools. Raises Reject for a divisor_override on a signal: AvgPool1d has none."""
        y = super().infer(x)
        if x.rank == 1 and self.divisor_override is not None:
            message = f"the input {x} is a signal, and torch's AvgPool1d has no divisor_override"
            hint = "Leave divisor_override out, and write a scale after it."
            raise Reject("not-for-this-rank", message, field="divisor_override", hint=hint, otherwise=y)
        return y

    def emit(self, x: Shape) -> Emit:
        """torch.nn.AvgPool1d, 2d or 3d."""
        optional = self.optional("stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
        return Module(f"torch.nn.AvgPool{x.rank}d", (self.kernel_size,), *optional, names=("kernel_size",))


class LPPool(Pool):
    """Keeps the p-norm of what a window sees, in each channel: (Σ x^p)^(1/p), p being `norm_type`.

    Formula: ⌊(n − kernel_size) / stride⌋ + 1 along each spatial axis; rounded up with ceil_mode.

    When: Between the two common pools: norm_type 1 is a sum, a large one comes near the maximum.

    Against: Powers are slow and unsteady: the gradient is not finite where a window holds only zeros,
    and an odd power of a negative sum gives 0. It has no padding.

    ```yaml
    # input: [16, 28, 28]
    - lppool: {norm_type: 2, kernel_size: 2}
    ```
    """

    averages = True

    norm_type: Number = Field(
        2.0, description="The exponent p of the norm; 1 is the sum of the window, ∞ the maximum."
    )

    def consistent(self) -> None:
        """Raise Reject for the exponent 0: there is no 0th root."""
        if self.norm_type == 0:
            message = "norm_type is 0, and there is no 0th root"
            raise Reject("zero-norm", message, field="norm_type", hint="Write norm_type: 2.")

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LPPool1d, 2d or 3d."""
        kernel = self.kernel_size
        if x.rank == 1:  # LPPool1d multiplies by its kernel_size, which must be a number there
            kernel = per_axis(kernel, 1, "kernel_size")[0]
        return Module(
            f"torch.nn.LPPool{x.rank}d",
            (self.norm_type, kernel),
            *self.optional("stride", "ceil_mode"),
            names=("norm_type", "kernel_size"),
        )

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, the powers, and four steps of the root."""
        return Kept(inputs=True, values=inputs[0].elements + 4 * y.elements)


# Windows cut for a given output size


class AdaptivePool(Layer):
    """Output j of o, of n inputs, reads the inputs from ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉, not included."""

    role = "pool"
    main = "output_size"
    output_size: OutputSizes = Field(
        description="Size of the output along each spatial axis; null keeps the input's."
    )

    def _output_size(self, rank: int) -> tuple[Size, ...]:
        return per_axis(self.output_size, rank, "output_size")

    def infer(self, x: Shape) -> Shape:
        """The output_size, or the input's size where it is null. Raises Reject for `[null]`, which torch lacks."""
        outputs = self._output_size(spatial_rank(x))
        if outputs == (None,):
            message = f"output_size [null] leaves the signal {x} as it is, and torch has no pool for that"
            raise Reject(
                "nothing-to-do", message, field="output_size", hint="Leave the layer out.", otherwise=x
            )
        return Shape((x.channels, *(n if o is None else o for n, o in zip(x.spatial, outputs, strict=True))))

    def reach(self, x: Shape) -> Reaches:
        """All of the input for one output, a window where the sizes divide; else unknown."""
        outputs = self._output_size(x.rank)
        if all(size == 1 for size in outputs):
            return "whole"
        found = [_equal_window(n, n if o is None else o) for n, o in zip(x.spatial, outputs, strict=True)]
        windows = [window for window in found if window is not None]
        return tuple(window.reach() for window in windows) if len(windows) == len(found) else None

    def reads(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[AxisReads | None, ...]:
        """The windows as torch cuts them, whether the sizes divide or not."""
        pairs = zip(inputs[0].spatial, y.spatial, strict=True)
        return (tuple(_adaptive_windows(n or 0, m or 0) for n, m in pairs),)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.AdaptiveAvgPool1d, AdaptiveMaxPool1d, and so on."""
        return Module(f"torch.nn.{type(self).__name__}{x.rank}d", (self.output_size,), names=("output_size",))


def _adaptive_windows(size: int, outputs: int) -> tuple[int, ...]:
    """Masks of the elements from ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉, not included."""
    ends = ((j * size // outputs, -(-(j + 1) * size // outputs)) for j in range(outputs))
    return tuple((1 << stop) - (1 << start) for start, stop in ends)


def _equal_window(size: Size, output: Size) -> Window | None:
    """The window where all are of one size; None where they are not."""
    if size is None or output is None or not sizes.divides(output, size):
        return None
    step = size // output
    return Window(step, step)


class AdaptiveAvgPool(AdaptivePool):
    """Cuts each spatial axis into `output_size` windows and keeps the mean of each, in each channel.

    Formula: output_size along each spatial axis; output j reads ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉.

    When: Before a linear head: whatever size comes in, a fixed number of features comes out.

    Against: Where the sizes do not divide, windows overlap unevenly. An input smaller than output_size
    is only repeated, which wastes the head's weights.

    ```yaml
    # input: [64, 14, 14]
    - adaptive_avgpool: 7  # whatever comes in, 7×7 comes out
    - adaptive_avgpool: 1  # as global_avgpool
    ```

    ```yaml
    # input: [1, 7]
    - {adaptive_avgpool: 3, from: input}  # 3 does not divide 7: windows overlap
    ```
    """

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input; nothing for a size of 1, which is a plain mean."""
        return Kept(inputs=any(size != 1 for size in y.spatial))

    linear_map = True


class AdaptiveMaxPool(Maximum, AdaptivePool):
    """Cuts each spatial axis into `output_size` windows and keeps the largest of each, in each channel.

    Formula: output_size along each spatial axis; output j reads ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉.

    When: As adaptive_avgpool, where one strong response should decide.

    Against: The gradient reaches one input a window, and an outlier decides alone.

    ```yaml
    # input: [64, 14, 14]
    - adaptive_maxpool: 7  # whatever comes in, 7×7 comes out
    ```
    """


# One window over all positions


class GlobalPool(Layer):
    """One number for each channel."""

    role = "pool"
    target: ClassVar[str]

    def infer(self, x: Shape) -> Shape:
        """Size 1 along each spatial axis."""
        return Shape((x.channels, *(1,) * spatial_rank(x)))

    def reach(self, x: Shape) -> Reaches:
        """The output reads all of the input."""
        return "whole"

    def emit(self, x: Shape) -> Emit:
        """The adaptive pool with an output_size of 1."""
        return Module(f"torch.nn.{self.target}{x.rank}d", (1,), names=("output_size",))


class GlobalAvgPool(GlobalPool):
    """Keeps the mean of each channel over all positions; the spatial axes stay, with size 1.

    Formula: 1 along each spatial axis.

    When: Between the last stage and the head, followed by flatten: no weights, any input size, and each
    channel learns to answer for a feature (Lin et al., 2014). Also the gate of channel attention.

    Against: Where something was is lost, and small objects are averaged away.

    ```yaml
    # input: [64, 7, 7]
    - global_avgpool
    - flatten
    - linear: 10  # 64 numbers a class, whatever the image's size
    ```
    """

    linear_map = True
    target = "AdaptiveAvgPool"


class GlobalMaxPool(Maximum, GlobalPool):
    """Keeps the largest value of each channel over all positions; the spatial axes stay, with size 1.

    Formula: 1 along each spatial axis.

    When: To ask whether a feature is there at all, wherever: keyword spotting, weak labels.

    Against: One position a channel gets the gradient, and one outlier decides.

    ```yaml
    # input: [64, 7, 7]
    - global_maxpool
    - flatten
    ```
    """

    target = "AdaptiveMaxPool"
