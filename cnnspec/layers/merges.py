"""Merges: layers that take several branches. Their shapes must agree, more strictly than torch demands."""

from itertools import accumulate
from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Function, Operator
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import OptionalAxis
from cnnspec.layers.base import AxisReads, Kept, Layer, Reaches
from cnnspec.layers.shape_rules import RANK_NAMES, axis_or_channels


class Merge(Layer):
    """A layer that takes two or more branches, in order."""

    role = "merge"

    def infer(self, x: Shape) -> Shape:
        """A single branch passes through."""
        return self.infer_from((x,))

    def reads(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[AxisReads | None, ...]:
        """Each position of every branch itself; that of a branch of size 1 again and again."""
        return tuple(
            tuple(_same_positions(n or 0, m or 0) for n, m in zip(x.spatial, y.spatial, strict=True))
            for x in inputs
        )

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape from all branches. Raises Reject where they don't agree."""
        raise NotImplementedError


class Elementwise(Merge):
    """add and multiply: element by element; a size of 1 is repeated."""

    symbol: ClassVar[str]

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The common shape. Raises Reject where sizes along an axis differ and none of them is 1."""
        result = inputs[0]
        for number, branch in enumerate(inputs[1:], start=2):
            if branch == result:
                continue
            _require_same_axes(result, branch, number)
            pairs = list(zip(result.sizes, branch.sizes, strict=True))
            common = Shape(tuple(sizes.broadcast(*pair) for pair in pairs), result.channel_axis)
            differing = [axis for axis, pair in enumerate(pairs) if not sizes.broadcasts(*pair)]
            if differing:
                raise _mismatch(inputs, number, differing, result, common)
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

    ```yaml
    # input: [16, 14, 14]
    - add:  # what the layers change, and the value as it stands
        - [conv: {out_channels: 16, kernel_size: 3, padding: 1}, bn]
        - []
    ```
    """

    passes_gradient = True
    symbol = "+"


class Multiply(Elementwise):
    """Multiplies the branches, element by element.

    Formula: y = a · b · …; the branches' common shape. Along an axis where one of them has the size 1,
    that one is repeated.

    When: Gates: a branch that ends in sigmoid says how much of the other passes. C×1×1 times C×H×W is
    channel attention (Hu et al., 2018), 1×H×W spatial attention.

    Against: A gate near 0 stops the gradient of the other branch; products of unbounded branches grow
    fast.

    ```yaml
    # input: [16, 14, 14]
    - multiply:  # a gate: 16×1×1 numbers from 0 to 1, each repeated over its channel
        - []
        - [global_avgpool, conv: {out_channels: 16, kernel_size: 1}, sigmoid]
    ```
    """

    symbol = "*"

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """All branches, and of three or more the products on the way."""
        products = (self.infer_from(inputs[:count]).elements for count in range(2, len(inputs)))
        return Kept(inputs=True, values=sum(products))


class Concat(Merge):
    """Lays the branches end to end along one axis.

    Formula: The branches' sizes add up along `axis`; along the others they are equal.

    When: A U-Net's skip beside the decoder, DenseNet's growing features, Inception's parallel kernels:
    the next layer chooses what to use of each.

    Against: Channels, and with them the memory and cost of the next layer, grow with every branch. add
    keeps them.

    ```yaml
    # input: [16, 14, 14]
    - concat:  # 8 + 24 channels
        - [conv: {out_channels: 8, kernel_size: 1}]
        - [conv: {out_channels: 24, kernel_size: 3, padding: 1}]
    ```
    """

    passes_gradient = True
    mixes_channels = True

    axis: OptionalAxis = Field(
        None, description="Axis the branches are laid along, the batch not counted; null: the channels'."
    )

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The first branch's shape, with the sum of the sizes along the axis. Raises Reject where others differ."""
        first = inputs[0]
        joined = axis_or_channels(self.axis, first)
        for number, branch in enumerate(inputs[1:], start=2):
            _require_same_axes(first, branch, number)
        y = _concatenated(inputs, joined)
        if len({branch.replace(joined, None) for branch in inputs}) == 1:
            return y
        for number, branch in enumerate(inputs[1:], start=2):
            pairs = enumerate(zip(first.sizes, branch.sizes, strict=True))
            differing = [axis for axis, pair in pairs if axis != joined and not sizes.equal(*pair)]
            if differing:
                raise _mismatch(inputs, number, differing, first, y)
        return y

    def formula_from(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[str, ...]:
        """The sum of the sizes along the axis."""
        joined = axis_or_channels(self.axis, y)
        what = " channels" if joined == y.channel_axis else ""
        return (f"{' + '.join(str(branch.sizes[joined]) for branch in inputs)} = {y.sizes[joined]}{what}",)

    def reach(self, x: Shape) -> Reaches:
        """Each position of a branch itself; unknown along a spatial axis, where positions move."""
        return super().reach(x) if axis_or_channels(self.axis, x) == x.channel_axis else None

    def reads(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[AxisReads | None, ...]:
        """Along the joined axis each branch is read where it lies, and nowhere else."""
        joined = axis_or_channels(self.axis, y)
        if joined == y.channel_axis:
            return super().reads(inputs, y)
        along = joined - (joined > y.channel_axis)
        found: list[AxisReads] = []
        for x, start in zip(inputs, _starts(inputs, joined), strict=True):
            rows = [_same_positions(n or 0, n or 0) for n in x.spatial]
            after = (y.sizes[joined] or 0) - start - len(rows[along])
            rows[along] = (0,) * start + rows[along] + (0,) * after
            found.append(tuple(rows))
        return tuple(found)

    def emit(self, x: Shape) -> Emit:
        """torch.cat."""
        return Function("torch.cat", kwargs={"dim": axis_or_channels(self.axis, x) + 1}, packed=True)


def _same_positions(size: int, outputs: int) -> tuple[int, ...]:
    """Each output's own position as a mask; position 0 for all where there is no other."""
    return tuple(1 << (0 if size == 1 else position) for position in range(outputs))


def _starts(inputs: tuple[Shape, ...], axis: int) -> list[int]:
    """Where each branch begins along the joined axis."""
    return [0, *accumulate(x.sizes[axis] or 0 for x in inputs[:-1])]


def _concatenated(inputs: tuple[Shape, ...], joined: int) -> Shape:
    columns = list(zip(*(branch.sizes for branch in inputs), strict=True))
    common = tuple(next((size for size in column if size is not None), None) for column in columns)
    return Shape(common, inputs[0].channel_axis).replace(joined, sizes.total(columns[joined]))


def _require_same_axes(first: Shape, branch: Shape, number: int) -> None:
    """Raise Reject where two branches don't have the same axes."""
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


def _mismatch(
    inputs: tuple[Shape, ...], number: int, axes: list[int], agreed: Shape, otherwise: Shape
) -> Reject:
    """The Reject for branch `number`, which differs along `axes` from the shape that the branches before it agree on."""
    listed = ", ".join(f"branch {index} is {branch}" for index, branch in enumerate(inputs, start=1))
    channels = [axis for axis in axes if axis == agreed.channel_axis]
    spatial = [axis for axis in axes if axis != agreed.channel_axis]
    parts = [_difference(some, agreed, inputs[number - 1]) for some in (channels, spatial) if some]
    remedies = [_remedy(agreed, some) for some in (channels, spatial) if some]
    for axis in axes:
        otherwise = otherwise.replace(axis, None)
    hint = f"Give branch {number} {' and '.join(remedies)}."
    return Reject("shape-mismatch", f"{listed}: {' and '.join(parts)}", hint=hint, otherwise=otherwise)


def _difference(axes: list[int], agreed: Shape, branch: Shape) -> str:
    one, other = [agreed.sizes[axis] or 0 for axis in axes], [branch.sizes[axis] or 0 for axis in axes]
    if axes == [agreed.channel_axis]:
        what = "the channels differ"
    else:
        what = f"the sizes along {'axis' if len(axes) == 1 else 'axes'} {' and '.join(map(str, axes))} differ"
    if len(axes) == 1:
        return f"{what}, {one[0]} and {other[0]}, by {abs(one[0] - other[0])}"
    return f"{what}, {'×'.join(map(str, one))} and {'×'.join(map(str, other))}"


def _remedy(wanted: Shape, axes: list[int]) -> str:
    """A last layer for a branch that gives it the wanted sizes along these axes."""
    if axes == [wanted.channel_axis]:
        last = wanted.channel_axis == len(wanted.sizes) - 1
        conv = f"conv: {{out_channels: {wanted.channels}, kernel_size: 1}}"
        return f"a last layer {f'linear: {wanted.channels}' if last else conv}"
    if wanted.channel_axis != 0 or wanted.rank >= len(RANK_NAMES) or not wanted.known:
        return " and ".join(f"the size {wanted.sizes[axis]} along axis {axis}" for axis in axes)
    size = "×".join(map(str, wanted.spatial))
    return f"the strides and paddings that lead to {size}, or a last layer resize: {list(wanted.spatial)}"
