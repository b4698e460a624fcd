"""Layers that change the axes alone: flatten, unflatten, permute."""

import math
from typing import Annotated

from pydantic import Field, Strict

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Function, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import POINT
from cnnspec.declare.arguments import Axis, AxisList, Expect, Extent
from cnnspec.layers.base import Layer, Reaches
from cnnspec.layers.shape_rules import resolve_axes, resolve_axis

Extents = Annotated[
    tuple[Extent, ...],
    Strict(strict=False),
    Field(min_length=1),
    Expect("a list of whole numbers of at least 1, of which one may be -1: what is left"),
]


class Flatten(Layer):
    """Lays the axes from start_axis to end_axis out as one.

    Formula: The sizes of these axes multiplied; channels × height × width by default.

    When: Between the convolutions and a linear head.

    Against: It fixes the input's size, as the next linear has a weight for every position; after
    global_avgpool there is one position only, and any size will do.

    ```yaml
    # input: [16, 5, 5]
    - flatten  # all values of an image in a row
    - linear: 10
    ```
    """

    passes_gradient = True
    role = "layout"
    linear_map = True
    mixes_channels = True

    start_axis: Axis = Field(0, description="First axis that is flattened, the batch not counted.")
    end_axis: Axis = Field(-1, description="Last axis that is flattened; negative: from the end.")

    def _ends(self, x: Shape) -> tuple[int, int]:
        start = resolve_axis(self.start_axis, x, "start_axis")
        end = resolve_axis(self.end_axis, x, "end_axis")
        if start > end:
            message = f"start_axis {self.start_axis} of {x} comes after end_axis {self.end_axis}"
            hint = f"Write {{start_axis: {end}, end_axis: {start}}}."
            raise Reject("axes-swapped", message, field="start_axis", hint=hint)
        return start, end

    def infer(self, x: Shape) -> Shape:
        """The product of the flattened sizes; merged channels are the channels of the merged axis."""
        start, end = self._ends(x)
        merged = sizes.product(x.sizes[start : end + 1])
        axis = x.channel_axis
        if axis > start:
            axis = max(start, axis - (end - start))
        return Shape((*x.sizes[:start], merged, *x.sizes[end + 1 :]), axis)

    def reach(self, x: Shape) -> Reaches:
        """All of the input for a flat output; unknown where some axes are flattened."""
        start, end = self._ends(x)
        if start == end:
            return super().reach(x)
        return "whole" if end - start == x.rank else None

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The product with its numbers."""
        start, end = self._ends(x)
        if start == end:
            return ()
        return (f"{' × '.join(map(str, x.sizes[start : end + 1]))} = {y.sizes[start]}",)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Flatten; without arguments it flattens all but the batch."""
        start, end = (resolve_axis(axis, x, "axis") for axis in (self.start_axis, self.end_axis))
        kwargs = {"start_dim": start + 1, "end_dim": end + 1}
        defaults = {"start_dim": 1, "end_dim": len(x.sizes)}
        changed = {name: n for name, n in kwargs.items() if n != defaults[name]}
        return Module("torch.nn.Flatten", (), changed, {"start_dim": 1, "end_dim": -1})

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Always; torch copies only what was permuted before."""
        return True


class Unflatten(Layer):
    """Lays one axis out as several.

    Formula: The sizes of unflattened_size instead of the axis; their product is its size.

    When: A generator: linear, then unflatten to channels × height × width for conv_transpose. Heads of
    attention, groups of channels.

    Against: The order of the axes is easily mistaken; flatten then permute is not its way back.

    ```yaml
    # input: [100]
    - linear: 128
    - unflatten: {axis: 0, unflattened_size: [8, 4, 4]}  # features laid out in space: a generator begins so
    ```
    """

    passes_gradient = True
    role = "layout"
    linear_map = True
    mixes_channels = True

    axis: Axis = Field(description="Axis that is laid out, the batch not counted.")
    unflattened_size: Extents = Field(description="Sizes of the new axes; one may be -1: what is left.")

    def consistent(self) -> None:
        """Raise Reject unless every size is at least 1, but for a single -1."""
        if 0 in self.unflattened_size:
            message = f"unflattened_size is {list(self.unflattened_size)}: a size of 0 holds nothing"
            raise Reject("empty-output", message, field="unflattened_size", hint="Write -1 for what is left.")
        if self.unflattened_size.count(-1) > 1:
            message = f"unflattened_size is {list(self.unflattened_size)}: only one size can be what is left"
            raise Reject(
                "two-unknown-sizes", message, field="unflattened_size", hint="Write a number for all but one."
            )

    def infer(self, x: Shape) -> Shape:
        """The new axes in place of the old one; split channels are the first of theirs."""
        axis = resolve_axis(self.axis, x, "axis")
        given = math.prod(size for size in self.unflattened_size if size != -1)
        size = x.sizes[axis]
        open_ended = -1 in self.unflattened_size
        fits = sizes.divides(given, size) if open_ended else sizes.equal(given, size)
        rest = sizes.divide(size, given) if fits else None
        laid_out = tuple(rest if extent == -1 else extent for extent in self.unflattened_size)
        y = _with_axes(x, axis, laid_out)
        if not fits:
            verb = "does not divide" if open_ended else "is not"
            message = (
                f"unflattened_size {list(self.unflattened_size)} multiplies to {given}, which {verb} {size},"
            )
            message += f" the size of axis {axis} of {x}"
            hint = f"Write sizes whose product is {size}; -1 stands for what is left."
            raise Reject("indivisible", message, field="unflattened_size", hint=hint, otherwise=y)
        return y

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """What is left grows by 1 with as many elements as the other sizes make; without -1 one size fits."""
        given = math.prod(size for size in self.unflattened_size if size != -1)
        return SizeLaw(given, given + 1)

    def reach(self, x: Shape) -> Reaches:
        """Unknown where an axis becomes several."""
        return super().reach(x) if len(self.unflattened_size) == 1 else None

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Unflatten."""
        args = (resolve_axis(self.axis, x, "axis") + 1, self.unflattened_size)
        return Module("torch.nn.Unflatten", args, names=("dim", "unflattened_size"))

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Always; torch copies only what was permuted before."""
        return True


def _with_axes(x: Shape, axis: int, laid_out: tuple[Size, ...]) -> Shape:
    shift = len(laid_out) - 1 if axis < x.channel_axis else 0
    return Shape((*x.sizes[:axis], *laid_out, *x.sizes[axis + 1 :]), x.channel_axis + shift)


class Permute(Layer):
    """Puts the axes into another order; the channels move with theirs.

    Formula: Axis i of the output is axis axes[i] of the input.

    When: To bring channels last for linear and tokens, and back.

    Against: What follows may have to copy the tensor. conv, bn and pools take channels first only.

    ```yaml
    # input: [16, 14, 12]
    - permute: [1, 2, 0]  # channels last
    ```
    """

    passes_gradient = True
    role = "layout"
    linear_map = True
    main = "axes"
    mixes_channels = True

    axes: AxisList = Field(
        description="For each axis of the output, the input's axis it is; the batch is not counted."
    )

    def _order(self, x: Shape) -> tuple[int, ...]:
        self._require_no_batch(x)
        resolve_axes(self.axes, x, "axes")
        count = len(x.sizes)
        if len(self.axes) != count:
            message = f"axes names {len(self.axes)} axes, the input {x} has {count}"
            hint = f"Write each of {list(range(count))} once, in the order you want."
            raise Reject("wrong-rank", message, field="axes", hint=hint)
        return tuple(axis % count for axis in self.axes)

    def _require_no_batch(self, x: Shape) -> None:
        """Raise Reject where the axes are numbered as torch does, which counts the batch as axis 0."""
        count = len(x.sizes)
        axes = self.axes[1:] if self.axes[:1] == (0,) else self.axes
        if sorted(axes) == list(range(1, count + 1)):
            message = f"axes {list(self.axes)} count the batch; the input {x} has the axes 0 to {count - 1}"
            hint = f"Axes don't count the batch: write permute: {[axis - 1 for axis in axes]}."
            raise Reject("axis-out-of-range", message, field="axes", hint=hint)

    def infer(self, x: Shape) -> Shape:
        """The same sizes in another order."""
        order = self._order(x)
        return Shape(tuple(x.sizes[axis] for axis in order), order.index(x.channel_axis))

    def reach(self, x: Shape) -> Reaches:
        """Each position itself where the spatial axes keep their order; else unknown."""
        spatial = [axis for axis in self._order(x) if axis != x.channel_axis]
        return (POINT,) * x.rank if spatial == sorted(spatial) else None

    def emit(self, x: Shape) -> Emit:
        """torch.permute."""
        return Function("torch.permute", ((0, *(axis + 1 for axis in self._order(x))),), names=("dims",))

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Always; torch copies only what was permuted before."""
        return True
