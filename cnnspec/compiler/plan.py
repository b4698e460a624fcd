"""A plan: every layer with its shapes, its cost and its parameters' names, before torch exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Place
    from cnnspec.core.shape import Shape
    from cnnspec.language.spec import OutputForm
    from cnnspec.layers.base import Layer
    from cnnspec.layers.initialisers import Initialiser


class Value:
    """What flows along an edge: an input of the network, which has a name, or what a node gives."""

    __slots__ = ("name", "shape")

    def __init__(self, shape: Shape | None, name: str = "") -> None:
        self.shape = shape
        """None: unknown."""
        self.name = name

    @property
    def node(self) -> Node | None:
        """The node that gives it; None for an input."""
        return None


class Weights(NamedTuple):
    """Names (torch's own) and shapes of what a layer holds."""

    parameters: Mapping[str, tuple[int, ...]]
    buffers: Mapping[str, tuple[int, ...]]


class Node(Value):
    """A layer or a merge at its place in the network; it is also the value that it gives."""

    __slots__ = ("inputs", "kind", "layer", "macs", "params", "path", "place", "weights")

    def __init__(
        self,
        path: str,
        kind: str,
        layer: Layer | None,
        inputs: tuple[Value, ...],
        shape: Shape | None,
        place: Place,
        weights: Weights | None,
        params: int,
        macs: int,
    ) -> None:
        self.name = ""
        self.path = path
        self.kind = kind
        self.layer = layer
        self.inputs = inputs
        self.shape = shape
        self.place = place
        self.weights = weights
        """None where the layer or a size is unknown."""
        self.params = params
        self.macs = macs

    @property
    def node(self) -> Node:
        """Itself."""
        return self

    @property
    def output(self) -> Value:
        """The value that it gives: itself."""
        return self

    @property
    def known(self) -> bool:
        """Whether its shapes are known, so that it can be built."""
        return self.weights is not None

    def state(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The state_dict's names of what it holds, with shapes: parameters, then buffers, as torch has them."""
        if self.weights is not None:
            for held in (self.weights.parameters, self.weights.buffers):
                for name, shape in held.items():
                    yield f"{self.path}.{name}" if name else self.path, tuple(shape)

    @property
    def bare(self) -> bool:
        """Whether it is a parameter of the namespace around it, not a module of its own."""
        return self.weights is not None and "" in self.weights.parameters


class Output(NamedTuple):
    """One output of the network; `train_only` ones are left out of the dict in eval mode."""

    key: str | None
    value: Value
    train_only: bool = False


class Expectation(NamedTuple):
    """What an `expect` says of a value, and where."""

    value: Value
    sizes: tuple[int, ...]
    place: Place


class Initialisation(NamedTuple):
    """How one parameter starts."""

    parameter: str
    initialiser: Initialiser


class Plan(NamedTuple):
    """The whole network in construction order."""

    name: str
    inputs: Mapping[str, Value]
    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]
    output_form: OutputForm = "one"
    init: tuple[Initialisation, ...] = ()
    description: str = ""
    blocks: Mapping[str, str] = MappingProxyType({})
    """Which block each namespace is an instance of."""
    expectations: tuple[Expectation, ...] = ()
    """What the items' `expect` say, where it is a shape."""
    open_inputs: Mapping[str, tuple[int | str, ...]] = MappingProxyType({})
    """The sizes of every input, where some of them are symbols; else empty."""
    size_texts: Callable[[Value], tuple[int | str | None, ...]] | None = None
    """Where sizes are open: those of a value, as numbers and formulas."""

    @property
    def image(self) -> tuple[int, ...]:
        """Channels and sizes of what enters a network with one input."""
        (value,) = self.inputs.values()
        assert value.shape is not None
        return tuple(size for size in value.shape.sizes if size is not None)

    @property
    def scores(self) -> int:
        """How many numbers its first output has, which is the one that is trained."""
        shape = self.outputs[0].value.shape
        assert shape is not None
        assert shape.channels is not None
        return shape.channels

    @property
    def params(self) -> int:
        """The number of learned parameters."""
        return sum(node.params for node in self.nodes)

    @property
    def matrices(self) -> frozenset[str]:
        """The names of the weights of convolutions, linear layers and the like, which an optimizer sees as matrices.

        No matrix is a bias, or what scales one value or channel each: the weight of a norm of whatever rank, and
        what has one number a row, as LayerScale and depthwise filters of a single value do.
        """
        return frozenset(
            f"{node.path}.{name}"
            for node in self.nodes
            if node.weights is not None and not (node.layer and node.layer.scales_values)
            for name, shape in node.weights.parameters.items()
            if len(shape) > 1 and prod(shape[1:]) > 1
        )

    @property
    def macs(self) -> int:
        """Multiply-accumulates of a forward pass of one sample."""
        return sum(node.macs for node in self.nodes)

    def state(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the state_dict in its order; a module's own parameters precede its children's."""
        nodes = self.nodes
        if any(node.bare for node in nodes):
            nodes = tuple(sorted(nodes, key=self._torch_order()))
        return dict(entry for node in nodes for entry in node.state())

    def _torch_order(self) -> Callable[[Node], list[tuple[bool, int]]]:
        """A sort key: at every level bare parameters, then modules as they come first."""
        first: dict[str, int] = {}

        def key(node: Node) -> list[tuple[bool, int]]:
            levels = list(accumulate(node.path.split("."), "{}.{}".format))
            ranks = [(True, first.setdefault(level, len(first))) for level in levels]
            return [*ranks[:-1], (not node.bare, ranks[-1][1])]

        return key

    def sizes_of(self, value: Value) -> tuple[int | str | None, ...] | None:
        """The sizes of a value: numbers, formulas where the input's are open, None where unknown."""
        if self.size_texts is not None:
            return self.size_texts(value)
        return None if value.shape is None else value.shape.sizes

    @property
    def known_nodes(self) -> tuple[Node, ...]:
        """The nodes up to the first that is not known."""
        unknown = (index for index, node in enumerate(self.nodes) if not node.known)
        return self.nodes[: next(unknown, len(self.nodes))]

    @property
    def complete(self) -> bool:
        """Whether every layer is known, so that the plan can be built."""
        return None not in [node.weights for node in self.nodes]
