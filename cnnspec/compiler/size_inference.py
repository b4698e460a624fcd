"""What a network makes of every size of its input: each value's sizes as functions, and which layer refuses what.

`compiler.layer_function` answers for one layer; here the nodes are gone through, what they refuse is gathered by the
symbols of the input, and `expect` is asked too. Where positions of several axes become features (flatten), their
number couples the axes as soon as something accepts only some numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import NamedTuple

from cnnspec.compiler.coupled_sizes import accepted_sizes
from cnnspec.compiler.layer_function import (
    Answer,
    AxisFunction,
    AxisSize,
    Coupling,
    LayerFunction,
    Open,
    Product,
    Sizes,
)
from cnnspec.compiler.plan import Expectation, Node, Plan, Value
from cnnspec.core.diagnostic import Place
from cnnspec.core.size_function import ALWAYS, SizeFunction, both
from cnnspec.layers.base import Layer


class Refusal(NamedTuple):
    """Sizes of a symbol that something refuses, and nothing before it."""

    symbol: str
    place: Place
    before: SizeFunction
    """Those that are valid before it."""
    accepted: SizeFunction
    """Those that it accepts."""
    explain: Callable[[int], str]
    """What it says of one that it refuses."""

    def refuses(self, n: int) -> bool:
        """Whether it is the first to refuse n."""
        return self.before.at(n) is not None and self.accepted.at(n) is None


class PlacedCoupling(NamedTuple):
    """Sizes that are accepted only together, and where the layer stands that says so."""

    coupling: Coupling
    place: Place


class SizeInference:
    """The answer for a plan: `sizes` of every value, `valid` sizes of every symbol, and why."""

    def __init__(self, plan: Plan, inputs: Mapping[str, Sizes], *, weights_stay: bool) -> None:
        """`inputs` has the sizes of every input, functions among them. weights_stay: nodes keep the weights that
        they have in the plan, as a network does that was built for the plan's sizes.
        """
        self.sizes: dict[Value, Sizes] = {}
        self.valid: dict[str, SizeFunction] = {}
        self.refusals: list[Refusal] = []
        self.couplings: list[PlacedCoupling] = []
        self.exact = True
        """Whether all that is said holds for every size."""
        self._weights_stay = weights_stay
        self._answers: dict[object, Answer] = {}
        self._functions: dict[Hashable, AxisFunction] = {}
        for name, value in plan.inputs.items():
            self.sizes[value] = inputs[name]
            self.valid |= {size.symbol: ALWAYS for size in inputs[name] if isinstance(size, Open)}
        expected: dict[Value, list[Expectation]] = {}
        for expectation in plan.expectations:
            expected.setdefault(expectation.value, []).append(expectation)
        for value in plan.inputs.values():
            self._expect(expected.get(value, ()))
        for node in plan.nodes:
            if any(valid.empty for valid in self.valid.values()):
                break
            if node.layer is not None and all(value in self.sizes for value in node.inputs):
                self._infer(node, node.layer)
                self._expect(expected.get(node, ()))
            else:
                self.exact = False

    def _infer(self, node: Node, layer: Layer) -> None:
        if not self._weights_stay and _passes_on(node, layer):
            self.sizes[node] = self.sizes[node.inputs[0]]
            return
        inputs = tuple(self.sizes[value] for value in node.inputs)
        shapes = [value.shape for value in node.inputs]
        axes = tuple(0 if shape is None else shape.channel_axis for shape in shapes)
        held = shapes[0] if self._weights_stay and node.weights is not None else None
        known = node.shape.sizes if node.shape is not None and self._as_in_plan(node) else None
        key = (id(layer), inputs, axes, held)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = LayerFunction(layer, inputs, axes, held, self._functions).answer(
                known
            )
        self.sizes[node] = answer.sizes
        self.exact &= answer.exact
        for constraint in answer.constraints:
            explain = constraint.explain
            self._restrict(constraint.symbol, constraint.accepted, node.place, _prefixed(node.kind, explain))
        for coupling in answer.couplings:
            self._couple(coupling._replace(message=f"{node.kind}: {coupling.message}"), node.place)

    def _as_in_plan(self, node: Node) -> bool:
        """Whether the inputs' sizes are unknown in the plan where they are open here, and no others."""
        return all(
            value.shape is not None
            and value.shape.sizes
            == tuple([size if isinstance(size, int) else None for size in self.sizes[value]])
            for value in node.inputs
        )

    def _restrict(
        self, symbol: str, accepted: SizeFunction, place: Place, explain: Callable[[int], str]
    ) -> None:
        before = self.valid[symbol]
        after = both(before, accepted)
        if after != before:
            self.valid[symbol] = after
            self.refusals.append(Refusal(symbol, place, before, accepted, explain))

    def _couple(self, coupling: Coupling, place: Place) -> None:
        symbols = {size.symbol for size in coupling.functions}
        if len(symbols) > 1:
            self.couplings.append(PlacedCoupling(coupling, place))
            return
        accepted = accepted_sizes(coupling.functions, coupling.products)
        self._restrict(symbols.pop(), accepted, place, lambda _: coupling.message)

    def _expect(self, expectations: Iterable[Expectation]) -> None:
        for expectation in expectations:
            sizes = self.sizes[expectation.value]
            for axis, (size, wanted) in enumerate(zip(sizes, expectation.sizes, strict=False)):
                self._expect_size(expectation.place, axis, size, wanted)

    def _expect_size(self, place: Place, axis: int, size: AxisSize, wanted: int) -> None:
        if isinstance(size, Open):
            message = f"expect says {wanted} along axis {axis}"
            self._couple(Coupling((size,), frozenset({wanted}), message), place)
        elif isinstance(size, Product):
            products = frozenset({wanted // size.factor} if wanted % size.factor == 0 else ())
            message = f"expect says {wanted} features, {size.factor} for each position"
            self._couple(Coupling(size.functions, products, message), place)


def _passes_on(node: Node, layer: Layer) -> bool:
    """Whether a layer gives back the very shape that it gets, and refuses none: relu, bn and their like."""
    kind, shape = type(layer), node.inputs[0].shape
    if kind.size_law is not Layer.size_law or kind.windows is not Layer.windows or len(node.inputs) > 1:
        return False
    if shape is None or (layer.inferred_argument and getattr(layer, layer.inferred_argument) is not None):
        return False
    return layer.infer_from((shape,)) is shape


def _prefixed(kind: str, explain: Callable[[int], str]) -> Callable[[int], str]:
    return lambda n: f"{kind}: {explain(n)}"
