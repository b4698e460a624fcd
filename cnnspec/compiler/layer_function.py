"""What one layer makes of inputs whose sizes are functions of the network's input.

Its `infer` is asked about numbers, as ever: along one axis at a time, the others unknown, for as many of them as its
`size_law` says that the answer for all follows from. What it gives is a function of its input's size, which is
composed with the input's. Branches whose sizes are different functions are asked about together, n by n, over a
common period.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Mapping
from itertools import product as combinations
from math import prod
from typing import NamedTuple

from cnnspec.compiler.shape_inference import find_conflict
from cnnspec.core.errors import Reject
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import Varying
from cnnspec.core.size_function import (
    ALWAYS,
    HORIZON,
    IDENTITY,
    LONGEST,
    SizeFunction,
    compose,
    domain,
    meeting,
    size_function,
)
from cnnspec.core.sliding_window import Window
from cnnspec.layers.base import Layer


class Open(NamedTuple):
    """A size that is a function of one symbol."""

    symbol: str
    function: SizeFunction


class Product(NamedTuple):
    """A number of features: `factor` for each position, of which there are as many as the functions' product."""

    factor: int
    functions: tuple[Open, ...]


AxisSize = int | None | Open | Product
"""None: unknown, because no function is followed that far."""
Sizes = tuple[AxisSize, ...]


class Constraint(NamedTuple):
    """The sizes of a symbol that a layer accepts, and what it says of one that it refuses."""

    symbol: str
    accepted: SizeFunction
    explain: Callable[[int], str]


class Coupling(NamedTuple):
    """Sizes of several axes that are accepted only together.

    The product of the functions must be one of `products`; None: it must not be 1.
    """

    functions: tuple[Open, ...]
    products: frozenset[int] | None
    message: str


class Answer(NamedTuple):
    """The output's sizes, and for which sizes of the input the layer has any."""

    sizes: Sizes
    constraints: tuple[Constraint, ...] = ()
    couplings: tuple[Coupling, ...] = ()
    exact: bool = True


Slots = tuple[tuple[int, int], ...]
"""Inputs and their axes."""
Row = dict[int, int]
"""Sizes of the output, by axis."""
AxisFunction = tuple[SizeFunction, dict[int, SizeFunction]]
"""The sizes m along an axis that are accepted, and the output's sizes, by axis, as functions of m."""


class LayerFunction:
    """A layer with inputs of such sizes. `channel_axes` are the inputs'; `held` is the shape of the first for which
    the layer has its weights already, None where it may take others.
    """

    def __init__(
        self,
        layer: Layer,
        inputs: tuple[Sizes, ...],
        channel_axes: tuple[int, ...],
        held: Shape | None,
        known: dict[Hashable, AxisFunction],
    ) -> None:
        """`known` keeps what layers make of an axis, which is the same whatever the other axes are."""
        self._known = known
        self._layer = layer
        self._inputs = inputs
        self._channel_axes = channel_axes
        self._numbers = tuple(tuple([size if isinstance(size, int) else None for size in x]) for x in inputs)
        self._shapes = tuple(map(Shape, self._numbers, channel_axes))
        self._held = held if held is not None and self._depends(layer.made_for) else None
        self._asserted = self._written() and self._depends(layer.inferred)
        self._constraints: list[Constraint] = []
        self._couplings: list[Coupling] = []
        self._exact = True

    def answer(self, known: tuple[Size, ...] | None = None) -> Answer:
        """The output's sizes, and what is refused. `known`: those that don't depend on open ones, where one has them."""
        groups = list(self._groups())
        if known is None:
            without = self._outcome({})
            if isinstance(without, Reject):  # whatever the sizes are; the walk has said so
                return Answer((), exact=False)
            known = without
        output: list[AxisSize] = list(known)
        for slots in groups:
            for axis, size in self._group(slots, known).items():
                output[axis] = size
        if len(groups) > 1 and len(self._inputs) == 1:
            self._together(groups, output)
        if not any(constraint.accepted.empty for constraint in self._constraints):
            self._exact &= None not in output
        constraints, self._constraints = self._constraints, []  # which explain themselves by this object
        return Answer(tuple(output), tuple(constraints), tuple(self._couplings), self._exact)

    def _groups(self) -> Iterator[Slots]:
        """The axes along which sizes are open; that of several inputs is one group."""
        for axis in range(max(map(len, self._inputs))):
            slots = tuple((i, axis) for i, sizes in enumerate(self._inputs) if axis < len(sizes))
            sizes = [self._inputs[i][axis] for i, _ in slots]
            if any(isinstance(size, Open | Product) for size in sizes):
                yield slots
            self._exact &= None not in sizes

    # Numbers

    def _outcome(self, sizes: Mapping[tuple[int, int], int]) -> tuple[Size, ...] | Reject:
        """The output's sizes, or why there are none, when open sizes are these numbers and all others unknown."""
        changed = list(self._shapes)
        for (i, axis), size in sizes.items():
            changed[i] = changed[i].replace(axis, size)
        shapes = tuple(changed)
        try:
            y = self._layer.infer_from(shapes)
        except Reject as no:
            return no.with_traceback(None)  # whose frames would hold it, and be garbage
        if self._asserted and self._layer.inferred_argument is not None:
            conflict = find_conflict(self._layer, self._layer.inferred_argument, shapes[0])
            if conflict is not None:
                message = f"{conflict.field} says {yaml_text(conflict.written)}, the input has {yaml_text(conflict.inferred)}"
                return Reject("wrong-assertion", message)
        return self._other_weights(shapes[0]) or y.sizes

    def _other_weights(self, x: Shape) -> Reject | None:
        """The Reject of an input for which the layer would need other weights than it has."""
        if self._held is None:
            return None
        pairs = zip(self._held.sizes, x.sizes, strict=True)
        held = Shape(tuple(None if size is None else own for own, size in pairs), x.channel_axis)
        if self._layer.made_for(held) == self._layer.made_for(x):
            return None
        message = f"it is made for {_sizes_text(held, x)}, the input has {_sizes_text(x, held)}"
        return Reject("wrong-assertion", message)

    def _written(self) -> tuple[int, ...]:
        """What the argument says that is inferred of the input; nothing where it is left out."""
        argument = self._layer.inferred_argument
        written = None if argument is None else getattr(self._layer, argument)
        return () if written is None else written if isinstance(written, tuple) else (written,)

    def _depends(self, what: Callable[[Shape], object], axes: Container[int] = range(99)) -> bool:
        """Whether something about the first input depends on its open sizes along these axes."""
        one, other = (
            Shape(
                tuple(
                    number if axis in axes and size is None else size
                    for axis, size in enumerate(self._numbers[0])
                ),
                self._channel_axes[0],
            )
            for number in (LONGEST + 1, LONGEST + 3)
        )
        return what(one) != what(other)

    def _fixed_sizes(self, slots: Slots) -> frozenset[int]:
        """Numbers of which one alone fits, where weights or an assertion depend on the size; else none."""
        axes = {axis for i, axis in slots if i == 0}
        found: set[int] = set()
        if self._asserted and self._depends(self._layer.inferred, axes):
            found |= set(self._written())
        if self._held is not None and self._depends(self._layer.made_for, axes):
            found |= {size for size in self._held.sizes if size is not None}
        return frozenset(found)

    # One axis

    def _group(self, slots: Slots, known: tuple[Size, ...]) -> dict[int, AxisSize]:
        """The output's sizes that follow from an axis."""
        sizes = [self._inputs[i][axis] for i, axis in slots]
        different = list(dict.fromkeys(size for size in sizes if isinstance(size, Open | Product)))
        first = different[0]
        slots = tuple(slot for slot, size in zip(slots, sizes, strict=True) if size in different)
        constants = [size for size in sizes if isinstance(size, int)]
        if len(different) == 1:
            fixed = self._fixed_sizes(slots)
            if fixed:
                return self._of_fixed(first, slots, fixed, known)
            function = self._function_of_axis(slots, constants, known)
            if isinstance(first, Product):
                return self._of_product(first, slots, function)
            return self._of_open(first, slots, function)
        if len({size.symbol if isinstance(size, Open) else None for size in different} - {None}) == 1 and all(
            isinstance(size, Open) for size in different
        ):
            return self._of_several(slots, constants, known)
        self._exact = False
        return {}

    def _of_fixed(
        self, first: Open | Product, slots: Slots, fixed: frozenset[int], known: tuple[Size, ...]
    ) -> dict[int, AxisSize]:
        """Where weights or an assertion leave one of these numbers alone."""
        rows = {m: self._row(dict.fromkeys(slots, Varying(m)), known) for m in fixed}
        accepted = frozenset(m for m, row in rows.items() if row is not None)
        factor, functions = first if isinstance(first, Product) else (1, (first,))
        refused = factor if factor not in accepted else 2 * factor
        products = frozenset(m // factor for m in accepted if m % factor == 0)
        self._couplings.append(Coupling(functions, products, self._message(dict.fromkeys(slots, refused))))
        axes = {axis for row in rows.values() if row is not None for axis in row}
        return dict.fromkeys(axes, first)

    def _function_of_axis(self, slots: Slots, constants: list[int], known: tuple[Size, ...]) -> AxisFunction:
        """What the layer makes of an axis; asked once, unless it makes another number of axes of them."""
        if any(len(known) != len(numbers) for numbers in self._numbers):
            return self._own_function(slots, constants, known)
        window = self._window(slots)
        key = (
            id(self._layer),
            slots if window is None else window,
            *constants,
            *self._channel_axes,
            len(known),
        )
        if key not in self._known:
            self._known[key] = self._own_function(slots, constants, known)
        accepted, outputs = self._known[key]
        if window is not None:
            outputs = dict.fromkeys([slots[0][1]], *outputs.values()) if outputs else {}
        return accepted, outputs

    def _window(self, slots: Slots) -> Window | None:
        """The window that slides along a spatial axis, if one does: equal ones make the same of their axes."""
        ((_, axis), *others), shape = slots, self._shapes[0]
        windows = self._layer.windows(shape.rank)
        return None if others or not windows or axis == shape.channel_axis else windows[axis - 1]

    def _own_function(self, slots: Slots, constants: list[int], known: tuple[Size, ...]) -> AxisFunction:
        layer, (i, axis) = self._layer, slots[0]
        if type(layer).infer is Layer.infer and type(layer).infer_from is Layer.infer_from:
            return ALWAYS, {axis: IDENTITY}
        law = layer.size_law(self._shapes[i], axis)
        last, period = HORIZON, 0
        if law is not None and max(law.least, *constants, 0) + law.period < LONGEST:
            period = law.period
            last = max(law.least, *(constant + 1 for constant in constants), 1) - 1 + period
        return _functions(lambda m: self._row(dict.fromkeys(slots, Varying(m)), known), last, period)

    def _row(self, sizes: Mapping[tuple[int, int], int], known: tuple[Size, ...]) -> Row | None:
        """The output's sizes that depend on these; None where they are refused."""
        found = self._outcome(sizes)
        if isinstance(found, Reject):
            return None
        pairs = enumerate(zip(found, known, strict=True))
        return {axis: int(size) for axis, (size, before) in pairs if size is not None and before is None}

    def _of_open(self, first: Open, slots: Slots, function: AxisFunction) -> dict[int, AxisSize]:
        accepted, outputs = function
        symbol, inner = first
        if None in accepted.table or not accepted.proven:

            def explain(n: int) -> str:
                return self._message(dict.fromkeys(slots, inner.at(n) or 0))

            self._constraints.append(Constraint(symbol, domain(compose(accepted, inner)), explain))
        return {axis: _open(symbol, compose(outer, inner)) for axis, outer in outputs.items()}

    def _message(self, sizes: dict[tuple[int, int], int]) -> str:
        found = self._outcome({slot: Varying(size) for slot, size in sizes.items()})
        return found.message if isinstance(found, Reject) else ""

    def _of_several(self, slots: Slots, constants: list[int], known: tuple[Size, ...]) -> dict[int, AxisSize]:
        """Several functions of one symbol: the branches are looked at together."""
        opens = [size for i, axis in slots if isinstance(size := self._inputs[i][axis], Open)]
        symbol, functions = opens[0].symbol, [size.function for size in opens]
        constant = [SizeFunction((number,), 1, 0) for number in constants]
        met = meeting([*functions, *constant])
        answers: dict[tuple[Size, ...], Row | None] = {}

        def row(n: int) -> Row | None:
            values = tuple([function.at(n) for function in functions])
            if values not in answers:
                pairs = zip(slots, values, strict=True)
                sizes = {slot: Varying(size) for slot, size in pairs if size is not None}
                answers[values] = self._row(sizes, known) if len(sizes) == len(values) else None
            return answers[values]

        def explain(n: int) -> str:
            return self._message({slot: f.at(n) or 0 for slot, f in zip(slots, functions, strict=True)})

        accepted, outputs = _functions(row, met.last, met.period)
        self._constraints.append(Constraint(symbol, accepted, explain))
        return {axis: _open(symbol, function) for axis, function in outputs.items()}

    # Products

    def _of_product(self, first: Product, slots: Slots, function: AxisFunction) -> dict[int, AxisSize]:
        """What is accepted of a number of features, and what becomes of it."""
        accepted, outputs = function
        factor, functions = first
        if accepted.ends:
            numbers = [m for m, size in enumerate(accepted.table, start=1) if size is not None]
            products = frozenset(m // factor for m in numbers if m % factor == 0)
            refused = next(
                m for m in range(factor, factor * (len(accepted.table) + 2), factor) if accepted.at(m) is None
            )
            message = self._message(dict.fromkeys(slots, refused))
            self._couplings.append(Coupling(functions, products, message))
        elif None in accepted.table:
            self._exact = False
        found: dict[int, AxisSize] = {}
        for axis, outer in outputs.items():
            if outer == SizeFunction((outer.growth,), 1, outer.growth):
                found[axis] = Product(factor * outer.growth, functions)
        return found

    def _together(self, groups: list[Slots], output: list[AxisSize]) -> None:
        """Sizes that only follow from several axes: a product; and layers that refuse 1 along all of them."""
        unknown = [axis for axis, size in enumerate(output) if size is None]
        if not unknown and type(self._layer).windows is not Layer.windows:
            return
        inputs = [self._inputs[0][slots[0][1]] for slots in groups]
        factor = prod(size.factor for size in inputs if isinstance(size, Product))
        functions = tuple(
            open_
            for size in inputs
            for open_ in (size.functions if isinstance(size, Product) else (size,))
            if isinstance(open_, Open)
        )
        ones = self._outcome({slots[0]: 1 for slots in groups})
        if isinstance(ones, Reject):
            if not any(isinstance(self._outcome({slots[0]: 1}), Reject) for slots in groups):
                self._couplings.append(Coupling(functions, None, ones.message))
            return
        for axis in unknown:
            if self._multiplies(groups, axis, ones[axis]):
                output[axis] = Product(factor * (ones[axis] or 0), functions)

    def _multiplies(self, groups: list[Slots], axis: int, ones: Size) -> bool:
        """Whether an output size is the product of the groups' sizes and a constant."""
        for numbers in combinations((1, 2), repeat=len(groups)):
            found = self._outcome({slots[0]: m for slots, m in zip(groups, numbers, strict=True)})
            if ones is None or isinstance(found, Reject) or found[axis] != ones * prod(numbers):
                return False
        return True


def _open(symbol: str, function: SizeFunction) -> AxisSize:
    """A size as a number where it is the same everywhere."""
    values = set(function.table) - {None}
    return (
        values.pop()
        if function.proven and not function.growth and len(values) == 1
        else Open(symbol, function)
    )


def _sizes_text(shape: Shape, other: Shape) -> str:
    """The sizes that differ from another shape's."""
    pairs = zip(shape.sizes, other.sizes, strict=True)
    return "×".join(str(size) for size, different in pairs if size != different)


def _functions(row: Callable[[int], Row | None], last: int, period: int) -> AxisFunction:
    """The functions whose table has the rows 1 to `last`; the one a period after an accepted one shows their growth."""
    rows = [row(n) for n in range(1, last + 1)]
    accepted = size_function([None if found is None else 0 for found in rows], period, 0)
    there = next((n for n in range(last - period + 1, last + 1) if rows[n - 1] is not None), None)
    before, after = (None, None) if there is None else (rows[there - 1], row(there + period))
    axes = {axis for found in rows if found is not None for axis in found}
    return accepted, {
        axis: size_function(
            [None if found is None else found[axis] for found in rows],
            period,
            0 if before is None or after is None else after[axis] - before[axis],
        )
        for axis in axes
    }
