"""The contract of a layer kind: its class says all there is to say about it.

A new kind is its class in a family's file, its line in `layers/__init__.py`, and its cases in `tests/`.
The class gives:

- pydantic fields with torch's names, defaults and bounds, a description each (types: `declare/arguments.py`);
- a docstring of four paragraphs: what it does; `Formula:`; `When:`; `Against:`;
- `infer` (and `windows`, where a kernel slides): shapes, formula, receptive field;
- `inferred_argument`, `weights`, `macs`: what the input determines, the parameters, the cost;
- `emit`: what it is in torch.

The compiler calls these in this order: `consistent`, then with the input's shape `infer` (by way of
`infer_from`: all branches of a Merge, or the input and the values that `references` name), then
`inferred` (compared with the argument where it was written; None: unknown), and, when all sizes are
known, `weights`, `macs` and `emit`. They are pure. `infer` may get unknown sizes (None): it passes
them on through `core.size`, and never raises because of them.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from cnnspec.core.emit import Argument, Emit
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import POINT, Reach, Window
from cnnspec.declare.arguments import Arguments

Reaches = tuple[Reach, ...] | Literal["whole"] | None
"""A Reach for each spatial axis; `whole`: each output reads all of the input; None: unknown."""

AxisReads = tuple[tuple[int, ...], ...]
"""For each spatial axis and each output along it, a mask of the input's positions that it reads."""

MOST_TAPS = 65_536
"""A Reach with more taps, or wider ones, is not computed, but unknown."""


class Layer(Arguments):
    """A layer with its validated arguments; its shapes don't count the batch."""

    needs_name: ClassVar[bool] = False
    """Whether the item must have a name, because its parameter is called by it."""
    normalises: ClassVar[bool] = False
    """Whether it turns scores into probabilities, which the cross-entropy loss does itself."""
    mixes_channels: ClassVar[bool] = False
    """Whether an output reads other channels of its input than its own (for the receptive field)."""
    scales_values: ClassVar[bool] = False
    """Whether each of its weights scales one value: then an optimizer takes none of them for a matrix, whatever their rank."""
    averages_batch: ClassVar[bool] = False
    """Whether in training its statistics are those of the whole batch."""
    inferred_argument: ClassVar[str | None] = None
    """The argument of torch's constructor that follows from the input; one that is written is an assertion."""
    references: ClassVar[tuple[str, ...]] = ()
    """Arguments that name other values (`like`); those that are written become inputs after the first."""

    def infer(self, x: Shape) -> Shape:
        """The output's shape. Raises Reject where the layer can't take the input."""
        return x

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape from all inputs: one, and those that `references` names. Raises Reject."""
        return self.infer(*inputs)

    def size_law(self, x: Shape, axis: int) -> SizeLaw | None:
        """How the sizes that `infer` gives follow the input's along an axis; None: no law is known.

        Sizes of x may be unknown. A kind whose rule is another than its windows' says so here. A rule looks at
        one axis at a time, but for a product of sizes, and for refusing 1 along all of them.
        """
        windows = self.windows(x.rank)
        if not windows or axis == x.channel_axis:
            return SizeLaw()
        window = windows[axis - 1]
        return SizeLaw(window.stride, window.least)

    def inferred(self, x: Shape) -> Argument:
        """The value of the `inferred_argument`: the channels that come in, unless a kind says otherwise."""
        return x.channels

    def windows(self, rank: int) -> tuple[Window, ...] | None:
        """The window along each of `rank` spatial axes; None for a kind without one. Raises Reject."""
        return None

    def reach(self, x: Shape) -> Reaches:
        """Which inputs an output reads."""
        windows = self.windows(x.rank)
        if windows is None:
            return (POINT,) * x.rank
        if any(window.extent > MOST_TAPS for window in windows):
            return None
        return tuple(window.reach() for window in windows)

    def reads(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[AxisReads | None, ...]:
        """Which positions the outputs read of each input, at these very sizes; None: unknown.

        Only where input and output have the same rank. Of the values that `references` names nothing is read.
        """
        x = inputs[0]
        axes = [(n or 0, m or 0) for n, m in zip(x.spatial, y.spatial, strict=True)]
        reaches = self.reach(x)
        own: AxisReads | None = None
        if reaches == "whole":
            own = tuple(((1 << n) - 1,) * m for n, m in axes)
        elif reaches is not None:
            own = tuple(reach.reads(n, m) for reach, (n, m) in zip(reaches, axes, strict=True))
        nothing = tuple((0,) * m for _, m in axes)
        return (own, *[nothing] * (len(inputs) - 1))

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The learned parameters by torch's names, in torch's order, with their shapes."""
        return {}

    def buffers(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The other tensors of the state_dict, in torch's order: running statistics."""
        return {}

    def made_for(self, x: Shape) -> object:
        """What of the input the module is made for, so that it takes no other: by default its weights, whose sizes
        are 0 where they depend on an unknown one.
        """
        return {**self.weights(x), **self.buffers(x)}

    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates of one sample, as torch's FlopCounterMode counts them (two flops each)."""
        return 0

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The computation of each output size with its numbers; equal lines once."""
        windows = self.windows(x.rank)
        if windows is None:
            return ()
        lines = [w.formula(size) for w, size in zip(windows, x.spatial, strict=True) if size is not None]
        return tuple(dict.fromkeys(lines))

    def emit(self, x: Shape) -> Emit:
        """The layer in torch, for an input of this shape."""
        raise NotImplementedError
