"""The contract of a layer kind: its class says all there is to say about it.

A new kind is its class in a family's file, its line in `layers/__init__.py`, and its cases in `tests/`.
The class gives:

- pydantic fields with torch's names, defaults and bounds, a description each (types: `declare/arguments.py`);
- a docstring of four paragraphs: what it does; `Formula:`; `When:`; `Against:`; and ```yaml examples, if more is to be
  seen than the kind alone shows: `# input: […]`, items, remarks behind them. Their numbers are computed;
- `infer` (and `windows`, where a kernel slides): shapes, formula, receptive field;
- `inferred_argument`, `weights`, `products`: what the input determines, the parameters, the arithmetic;
- `kept` or `keeps`, `is_view`, `passes_gradient`, `autocast`: the memory that it takes;
- `emit`: what it is in torch.

The compiler calls these in this order: `consistent`, then with the input's shape `infer` (by way of
`infer_from`: all branches of a Merge, or the input and the values that `references` name), then
`inferred` (compared with the argument where it was written; None: unknown), and, when all sizes are
known, `weights`, `products` and `emit`, and what memory needs only where it is asked for. They are pure. `infer` may get unknown sizes (None): it passes
them on through `core.size`, and never raises because of them.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Literal, NamedTuple

from cnnspec.core.emit import Argument, Emit
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import POINT, Reach, Window
from cnnspec.declare.arguments import Arguments

Role = Literal["weighted sum", "activation", "norm", "pool", "dropout", "layout", "merge", "other"]
"""What a layer is there for. layout: values are laid out anew, and none is changed."""

Reaches = tuple[Reach, ...] | Literal["whole"] | None
"""A Reach for each spatial axis; `whole`: each output reads all of the input; None: unknown."""

AxisReads = tuple[tuple[int, ...], ...]
"""For each spatial axis and each output along it, a mask of the input's positions that it reads."""

MOST_TAPS = 65_536
"""A Reach with more taps, or wider ones, is not computed, but unknown."""


class Products(NamedTuple):
    """Multiply-accumulates as factors: each of so many outputs, or inputs, takes so many products."""

    elements: tuple[int, ...]
    each: tuple[int, ...]
    of: Literal["outputs", "inputs"] = "outputs"

    @property
    def total(self) -> int:
        """All of them multiplied."""
        return math.prod(self.elements) * math.prod(self.each)


NO_PRODUCTS = Products((), (0,))


class Kept(NamedTuple):
    """What autograd keeps of a layer from its forward to its backward pass, beside its weights."""

    inputs: bool = False
    output: bool = False
    values: int = 0
    """Further numbers a sample, in the precision that the layer works in."""
    bytes: int = 0
    """Bytes a sample that no precision changes: indices, masks."""
    statistics: int = 0
    """Numbers a batch, of 4 bytes, whatever its size."""


INPUTS, OUTPUT = Kept(inputs=True), Kept(output=True)


class Layer(Arguments):
    """A layer with its validated arguments; its shapes don't count the batch."""

    role: ClassVar[Role] = "other"
    linear_map: ClassVar[bool] = False
    """Whether, once trained, it is a linear map of its input and a constant: what it adds to such a map is another one."""
    never_negative: ClassVar[bool] = False
    """Whether no output is below 0, whatever comes in."""
    keeps_positive: ClassVar[bool] = False
    """Whether inputs of 0 or more are the outputs, as they are."""
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
    kept: ClassVar[Kept] = Kept()
    """What autograd keeps of it, where that does not depend on shapes or arguments."""
    passes_gradient: ClassVar[bool] = False
    """Whether its inputs' gradients are its output's own memory, or parts of it."""
    autocast: ClassVar[Literal["half", "full", "as input"]] = "as input"
    """The precision of its output where torch.autocast is on: what it works in for this operation on a GPU."""
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

    def products(self, x: Shape, y: Shape) -> Products:
        """The multiply-accumulates of one sample, as torch's FlopCounterMode counts them (two flops each)."""
        return NO_PRODUCTS

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """What autograd keeps of it in training, on a GPU, as torch's saved tensors have it."""
        return self.kept

    def scratch(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """What it makes besides its output whether it is trained or not, and lets go when it has run, if it is not."""
        return Kept()

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Whether its output lies in its input's memory."""
        return False

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The computation of each output size with its numbers; equal lines once."""
        windows = self.windows(x.rank)
        if windows is None:
            return ()
        lines = [w.formula(size) for w, size in zip(windows, x.spatial, strict=True) if size is not None]
        return tuple(dict.fromkeys(lines))

    def formula_from(self, inputs: tuple[Shape, ...], y: Shape) -> tuple[str, ...]:
        """The computation of each output size from all inputs; of most kinds the first alone decides."""
        return self.formula(inputs[0], y)

    def emit(self, x: Shape) -> Emit:
        """The layer in torch, for an input of this shape."""
        raise NotImplementedError
