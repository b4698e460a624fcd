"""The contract of a layer kind: its class says all there is to say about it.

A new kind is its class in a family's file, its line in `layers/__init__.py`, and its cases in `tests/`.
The class gives:

- pydantic fields with torch's names, defaults and bounds, a description each (types: `declare/arguments.py`);
- a docstring of four paragraphs: what it does; `Formula:`; `When:`; `Against:`;
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
from cnnspec.core.sliding_window import POINT, Reach, Window
from cnnspec.declare.arguments import Arguments

Reaches = tuple[Reach, ...] | Literal["whole"] | None
"""A Reach for each spatial axis; `whole`: each output reads all of the input; None: unknown."""

MOST_TAPS = 65_536
"""A Reach with more taps is not computed, but unknown."""


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
        return tuple(window.reach() for window in windows)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The learned parameters by torch's names, in torch's order, with their shapes."""
        return {}

    def buffers(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The other tensors of the state_dict, in torch's order: running statistics."""
        return {}

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

    def emit(self, x: Shape) -> Emit:
        """The layer in torch, for an input of this shape."""
        raise NotImplementedError
