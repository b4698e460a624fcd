"""Padding as a layer of its own: with any value, and any amount at each side."""

from typing import Literal

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Border, Reach, Taps
from cnnspec.declare.arguments import Number, Sides
from cnnspec.layers.base import Kept, Layer, Reaches
from cnnspec.layers.shape_rules import spatial_rank, without_empty_sizes

_TARGETS = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}
_SPARE = {"reflect": 1, "circular": 0}


class Pad(Layer):
    """Adds elements at the ends of the spatial axes, or crops them where the padding is negative.

    Formula: n + before + after along each spatial axis.

    When: Uneven padding, as TensorFlow's `same` has with a stride ([0, 1, 0, 1]); reflect and replicate
    avoid dark borders in restoration; circular suits panoramas and anything that wraps.

    Against: For equal zeros on both sides the padding of conv does the same without a copy.

    ```yaml
    # input: [16, 7, 7]
    - pad: 1
    - pad: [0, 1, 0, 1]  # at the right and at the bottom alone
    - pad: -1  # crops
    ```
    """

    main = "padding"

    padding: Sides = Field(
        description="Elements for all sides, or a list in torch's order: before and after on the last axis"
        " (left, right), then on the one before it (top, bottom), and so on."
    )
    mode: Literal["constant", "reflect", "replicate", "circular"] = Field(
        "constant", description="What is added: a value, the mirrored input, its border, or its other end."
    )
    value: Number = Field(0.0, description="The value that constant mode adds.")

    def consistent(self) -> None:
        """Raise Reject for another mode than constant that has a value, or crops."""
        if self.mode == "constant":
            return
        if self.value != 0:
            message = f"value is {self.value}, but mode {self.mode} takes its values from the input"
            raise Reject(
                "value-unused", message, field="value", hint="Leave value out, or write mode: constant."
            )
        sides = self.padding if isinstance(self.padding, tuple) else (self.padding,)
        if min(sides) < 0:
            message = f"padding {min(sides)} crops, which mode {self.mode} does not"
            raise Reject(
                "negative-padding", message, field="padding", hint="Crop with mode: constant, or with slice."
            )

    def _sides(self, rank: int) -> tuple[tuple[int, int], ...]:
        """Before and after for each spatial axis, in the order of the axes. Raises Reject."""
        flat = self.padding if isinstance(self.padding, tuple) else (self.padding,) * (2 * rank)
        if len(flat) != 2 * rank:
            message = f"padding has {plural(len(flat), 'value')}; the input takes {2 * rank}: before and after each spatial axis, last axis first"
            hint = f"Write one number for all sides, or {2 * rank} of them."
            raise Reject("wrong-rank", message, field="padding", hint=hint)
        return tuple(zip(flat[::2], flat[1::2], strict=True))[::-1]

    def infer(self, x: Shape) -> Shape:
        """The size n + before + after. Raises Reject where nothing is left, or the mode needs a larger input."""
        sides = self._sides(spatial_rank(x))
        grown = Shape(
            (x.channels, *(sizes.grow(n, sum(pair)) for n, pair in zip(x.spatial, sides, strict=True)))
        )
        for axis, (before, after) in enumerate(sides, start=1):
            self._check(x, grown, axis, before, after)
        return grown

    def _check(self, x: Shape, y: Shape, axis: int, before: int, after: int) -> None:
        size, otherwise = x.sizes[axis], without_empty_sizes(y.replace(axis, None))
        if self.mode in _SPARE and not sizes.at_least(size, max(before, after) + _SPARE[self.mode]):
            message = f"padding {max(before, after)} along axis {axis} is more than mode {self.mode} finds"
            message += f" in {size} elements"
            hint = f"Write at most {(size or 0) - _SPARE[self.mode]}, or mode: replicate."
            raise Reject("padding-too-large", message, field="padding", hint=hint, otherwise=otherwise)
        cropped = max(-before, 0) + max(-after, 0)
        if not sizes.at_least(size, cropped) or not sizes.at_least(y.sizes[axis], 1):
            message = f"padding [{before}, {after}] leaves nothing of the {size} elements along axis {axis}"
            raise Reject("empty-output", message, field="padding", hint="Crop less.", otherwise=otherwise)

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """An element more is one more, where there is as much as is mirrored or cropped."""
        before, after = (0, 0) if axis == x.channel_axis else self._sides(x.rank)[axis - 1]
        return SizeLaw(1, 1 + abs(before) + abs(after))

    def reach(self, x: Shape) -> Reaches:
        """Each position is one of the input, moved by the padding before it."""
        border: Border = "cut" if self.mode == "constant" else self.mode
        return tuple(Reach(1, (Taps(-before, 1),), border) for before, _ in self._sides(x.rank))

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The computation of each output size with its numbers; equal lines once."""
        rows = zip(x.spatial, self._sides(x.rank), y.spatial, strict=True)
        return tuple(dict.fromkeys(f"{n} + {before} + {after} = {m}" for n, (before, after), m in rows))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.ZeroPad1d, ConstantPad2d, ReflectionPad3d, and so on."""
        if self.mode != "constant":
            return Module(f"torch.nn.{_TARGETS[self.mode]}{x.rank}d", (self.padding,), names=("padding",))
        if self.value == 0:
            return Module(f"torch.nn.ZeroPad{x.rank}d", (self.padding,), names=("padding",))
        return Module(
            f"torch.nn.ConstantPad{x.rank}d", (self.padding, self.value), names=("padding", "value")
        )

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Its input, where the gradient is summed up by one operation."""
        return Kept(inputs=self.mode in ("reflect", "replicate"))
