"""Where branches meet: their shapes must agree, which torch's broadcasting would not insist on."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Function, Operator
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import RANKS, Layer, Reaches, axis_or_channels
from cnnspec.layers.fields import OptionalAxis


class Merge(Layer):
    """A layer that takes several branches; who calls it keeps them in order, at least two."""

    def infer(self, x: Shape) -> Shape:
        """A single branch passes through."""
        return self.infer_from((x,))

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape from all branches. Raises Reject where they don't agree."""
        raise NotImplementedError


class Elementwise(Merge):
    """What add and multiply share: elements pair up, and a size of 1 meets any other."""

    symbol: ClassVar[str]

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The common shape; along each axis the branches agree, or one of two sizes is 1."""
        result = inputs[0]
        for number, branch in enumerate(inputs[1:], start=2):
            _require_alike(result, branch, number)
            pairs = list(zip(result.sizes, branch.sizes, strict=True))
            common = Shape(tuple(sizes.broadcast(*pair) for pair in pairs), result.channel_axis)
            for axis, pair in enumerate(pairs):
                if not sizes.broadcasts(*pair):
                    raise _mismatch(inputs, number, axis, result, common.replace(axis, None))
            result = common
        return result

    def emit(self, x: Shape) -> Emit:
        """An operator of Python between the branches."""
        return Operator(self.symbol)


class Add(Elementwise):
    """Adds the branches, element by element.

    Formula: y = a + b + …; the branches' common shape. Along an axis where one of them has the size 1,
    that one is repeated.

    When: Residual connections: with `[]` as a branch the layers learn only what to change, and gradients
    pass unhindered, which is what makes a hundred layers trainable (He et al., 2016).

    Against: Both branches need the same shape: where stride or channels change, the shortcut takes a
    conv of its own. An activation before it keeps the sum from ever shrinking.
    """

    symbol: ClassVar[str] = "+"


class Multiply(Elementwise):
    """Multiplies the branches, element by element.

    Formula: y = a · b · …; the branches' common shape. Along an axis where one of them has the size 1,
    that one is repeated.

    When: Gates: a branch that ends in sigmoid says how much of the other passes. C×1×1 times C×H×W is
    channel attention (Hu et al., 2018), 1×H×W spatial attention.

    Against: A gate near 0 stops the gradient of the other branch; products of unbounded branches grow
    fast.
    """

    symbol: ClassVar[str] = "*"


class Concat(Merge):
    """Lays the branches end to end along one axis.

    Formula: The branches' sizes add up along `axis`; along the others they are equal.

    When: A U-Net's skip beside the decoder, DenseNet's growing features, Inception's parallel kernels:
    the next layer chooses what to use of each.

    Against: Channels, and with them the memory and cost of the next layer, grow with every branch. add
    keeps them.
    """

    mixes_channels: ClassVar[bool] = True

    axis: OptionalAxis = Field(
        None, description="Axis the branches are laid along, the batch not counted; null: the channels'."
    )

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The first branch's shape, with the sum of the sizes along the axis."""
        first = inputs[0]
        joined = axis_or_channels(self.axis, first)
        for number, branch in enumerate(inputs[1:], start=2):
            _require_alike(first, branch, number)
        y = _laid_out(inputs, joined)
        if len({branch.replace(joined, None) for branch in inputs}) == 1:
            return y
        for number, branch in enumerate(inputs[1:], start=2):
            for axis, pair in enumerate(zip(first.sizes, branch.sizes, strict=True)):
                if axis != joined and not sizes.equal(*pair):
                    raise _mismatch(inputs, number, axis, first, y.replace(axis, None))
        return y

    def reach(self, x: Shape) -> Reaches:
        """Each position of a branch itself; along a spatial axis positions move, and there is no telling."""
        return super().reach(x) if axis_or_channels(self.axis, x) == x.channel_axis else None

    def emit(self, x: Shape) -> Emit:
        """torch.cat."""
        return Function("torch.cat", kwargs={"dim": axis_or_channels(self.axis, x) + 1}, packed=True)


def _laid_out(inputs: tuple[Shape, ...], joined: int) -> Shape:
    columns = list(zip(*(branch.sizes for branch in inputs), strict=True))
    common = tuple(next((size for size in column if size is not None), None) for column in columns)
    return Shape(common, inputs[0].channel_axis).replace(joined, sizes.total(columns[joined]))


def _require_alike(first: Shape, branch: Shape, number: int) -> None:
    """Raise Reject when the branches don't even have the same axes."""
    if branch.rank != first.rank:
        message = f"branch 1 is {first}, branch {number} is {branch}: they have {len(first.sizes)} and"
        message += f" {len(branch.sizes)} axes"
        longer = f"branch {number}" if branch.rank > first.rank else "branch 1"
        raise Reject(
            "shape-mismatch", message, hint=f"End {longer} with flatten, or the other with unflatten."
        )
    if branch.channel_axis != first.channel_axis:
        message = (
            f"branch 1 ({first}) has its channels on axis {first.channel_axis}, branch {number} ({branch})"
        )
        message += f" on axis {branch.channel_axis}"
        raise Reject("channel-axis", message, hint=f"End branch {number} with permute.")


def _mismatch(inputs: tuple[Shape, ...], number: int, axis: int, agreed: Shape, otherwise: Shape) -> Reject:
    """Branch `number` does not suit the shape that the ones before it agreed on."""
    listed = ", ".join(f"branch {index} is {branch}" for index, branch in enumerate(inputs, start=1))
    branch = inputs[number - 1]
    one, other = agreed.sizes[axis] or 0, branch.sizes[axis] or 0
    what = "channels differ" if axis == branch.channel_axis else f"sizes along axis {axis} differ"
    message = f"{listed}: the {what}, {one} and {other}, by {abs(one - other)}"
    hint = f"Give branch {number} {_remedy(agreed, axis)}."
    return Reject("shape-mismatch", message, hint=hint, otherwise=otherwise)


def _remedy(wanted: Shape, axis: int) -> str:
    """What to end a branch with, so that it gets the wanted shape."""
    if axis == wanted.channel_axis:
        last = axis == len(wanted.sizes) - 1
        arguments = (
            f"linear: {wanted.channels}"
            if last
            else f"conv: {{out_channels: {wanted.channels}, kernel_size: 1}}"
        )
        return f"a last layer {arguments}"
    if wanted.channel_axis != 0 or wanted.rank >= len(RANKS) or not wanted.known:
        return f"the size {wanted.sizes[axis]} along axis {axis}"
    return f"the strides and paddings that lead to {wanted}, or a last layer resize: {list(wanted.spatial)}"
