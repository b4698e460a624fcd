"""A slice of one axis: from start to stop, or one of equal parts."""

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Function, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import POINT, Reach, Taps
from cnnspec.declare.arguments import (
    Integer,
    OptionalAxis,
    OptionalInteger,
    OptionalNonNegative,
    OptionalPositive,
)
from cnnspec.layers.base import Layer, Reaches
from cnnspec.layers.shape_rules import axis_or_channels


class Slice(Layer):
    """Takes a stretch of one axis: from start up to, not including, stop, or one of equal parts.

    Formula: stop − start along the axis, negative ones counted from its end; or size / of.

    When: To send some channels one way and the rest another (ShuffleNetV2, CSP); to crop.

    Against: Bounds in numbers stay when the layer before changes; `part` and `of` move with it.

    ```yaml
    # input: [16, 14, 14]
    - {slice: {part: 0, of: 2}, from: input}  # the first half of the channels
    - {slice: {start: 1, stop: -1, axis: 1}, from: input}  # without the first and the last row
    ```
    """

    mixes_channels = True

    start: Integer = Field(0, description="First element that is taken; negative: counted from the end.")
    stop: OptionalInteger = Field(
        None, description="Element before which to stop; negative: from the end; null: the end."
    )
    part: OptionalNonNegative = Field(
        None, description="Which of the equal parts, counted from 0; with `of`."
    )
    of: OptionalPositive = Field(None, description="Number of equal parts that the axis is cut into.")
    axis: OptionalAxis = Field(
        None, description="Axis that is cut, the batch not counted; null: the channels'."
    )

    def consistent(self) -> None:
        """Raise Reject unless it has start and stop, or part and of."""
        if (self.part is None) != (self.of is None):
            missing = "of" if self.of is None else "part"
            message = f"part and of go together, and {missing} is not there"
            raise Reject("half-written", message, hint="Write slice: {part: 0, of: 2}.")
        if self.part is None or self.of is None:
            return
        if self.part >= self.of:
            message = f"part is {self.part}, but the parts of {self.of} are counted from 0 to {self.of - 1}"
            raise Reject(
                "slice-out-of-range", message, field="part", hint=f"Write part: {self.of - 1} for the last."
            )
        if self.start != 0 or self.stop is not None:
            message = "it has both start or stop, and part"
            raise Reject(
                "either-or", message, field="part", hint="Write {start, stop} or {part, of}, not both."
            )

    def infer(self, x: Shape) -> Shape:
        """The length stop − start, or one part, along the axis."""
        axis = axis_or_channels(self.axis, x)
        size = x.sizes[axis]
        if self.of is None:
            return x.replace(axis, self._length(size, x, axis))
        if not sizes.divides(self.of, size):
            message = f"axis {axis} of {x} has {size} elements, which do not split into {self.of} equal parts"
            hint = "Write a divisor for of, or start and stop."
            raise Reject("indivisible", message, field="of", hint=hint, otherwise=x.replace(axis, None))
        return x.replace(axis, sizes.divide(size, self.of))

    def _length(self, size: Size, x: Shape, axis: int) -> Size:
        unknown = x.replace(axis, None)
        for name, bound in (("start", self.start), ("stop", self.stop)):
            if bound is not None and not sizes.at_least(size, abs(bound)):
                message = f"{name} is {bound}, but axis {axis} of {x} has {size} elements"
                hint = f"Write a number from {-(size or 0)} to {size}."
                raise Reject("slice-out-of-range", message, field=name, hint=hint, otherwise=unknown)
        length = sizes.cut(size, self.start, self.stop)
        if not sizes.at_least(length, 1):
            message = f"from {self.start} to {'the end' if self.stop is None else self.stop} there is nothing"
            message += f" in the {size} elements of axis {axis}"
            hint = "Write a start that comes before stop."
            raise Reject("empty-output", message, field="start", hint=hint, otherwise=unknown)
        return length

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Sizes that have all that is named, or split into the parts."""
        return SizeLaw(self.of or 1, abs(self.start) + abs(self.stop or 0) + 1)

    def reach(self, x: Shape) -> Reaches:
        """Each position is one of the input, moved by the slice's first element."""
        axis = axis_or_channels(self.axis, x)
        if axis == x.channel_axis:
            return super().reach(x)
        first = self._first(x.sizes[axis] or 0)
        spatial = axis - (axis > x.channel_axis)
        return tuple(Reach(1, (Taps(first, 1),)) if i == spatial else POINT for i in range(x.rank))

    def _first(self, size: int) -> int:
        if self.part is not None and self.of is not None:
            return self.part * (size // self.of)
        return self.start + size * (self.start < 0)

    def emit(self, x: Shape) -> Emit:
        """torch.narrow where it is the same slice for inputs of any spatial size, else a helper."""
        axis = axis_or_channels(self.axis, x)
        size = x.sizes[axis] or 0
        if (axis == x.channel_axis and x.rank > 0) or (
            self.stop is not None and self.start >= 0 and self.stop >= 0
        ):
            length = size // self.of if self.of else sizes.cut(size, self.start, self.stop)
            return Function(
                "torch.narrow", (axis + 1, self._first(size), length), names=("dim", "start", "length")
            )
        if self.of is not None:
            return Module("helper:Part", (self.part, self.of, axis + 1), names=("part", "of", "dim"))
        return Module("helper:Slice", (axis + 1, self.start, self.stop), names=("dim", "start", "stop"))

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Always."""
        return True
