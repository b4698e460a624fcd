"""A plan: every layer with its shapes, its cost and its parameters' names, before torch exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Place
    from cnnspec.core.shape import Shape
    from cnnspec.language.spec import OutputForm
    from cnnspec.layers.base import Layer
    from cnnspec.layers.initialisers import Initialiser


class Value:
    """What flows along an edge: a shape (None: unknown), and the node or the input it comes from."""

    __slots__ = ("name", "node", "shape")

    def __init__(self, shape: Shape | None, node: Node | None = None, name: str = "") -> None:
        self.shape = shape
        self.node = node
        self.name = name


class Weights(NamedTuple):
    """Names (torch's own) and shapes of what a layer holds."""

    parameters: Mapping[str, tuple[int, ...]]
    buffers: Mapping[str, tuple[int, ...]]


@dataclass(slots=True, eq=False)
class Node:
    """A layer or a merge at its place in the network."""

    path: str
    kind: str
    layer: Layer | None
    inputs: tuple[Value, ...]
    output: Value
    place: Place
    weights: Weights | None = None
    """None where the layer or a size is unknown."""
    params: int = 0
    macs: int = 0

    @property
    def known(self) -> bool:
        """Whether its shapes are known, so that it can be built."""
        return self.weights is not None

    def parameters(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The state_dict's names of its parameters, with their shapes."""
        held = self.weights.parameters if self.weights else {}
        return ((f"{self.path}.{name}" if name else self.path, shape) for name, shape in held.items())


class Output(NamedTuple):
    """One output of the network; `train_only` ones are left out of the dict in eval mode."""

    key: str | None
    value: Value
    train_only: bool = False


class Initialisation(NamedTuple):
    """How one parameter starts."""

    parameter: str
    initialiser: Initialiser


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole network in construction order."""

    name: str
    inputs: Mapping[str, Value]
    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]
    output_form: OutputForm = "one"
    init: tuple[Initialisation, ...] = ()
    description: str = ""
    blocks: Mapping[str, str] = field(default_factory=dict)
    """Which block each namespace is an instance of."""

    @property
    def params(self) -> int:
        """The number of learned parameters."""
        return sum(node.params for node in self.nodes)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of a forward pass of one sample."""
        return sum(node.macs for node in self.nodes)

    @property
    def known_nodes(self) -> tuple[Node, ...]:
        """The nodes up to the first that is not known."""
        unknown = (index for index, node in enumerate(self.nodes) if not node.known)
        return self.nodes[: next(unknown, len(self.nodes))]

    @property
    def complete(self) -> bool:
        """Whether every layer is known, so that the plan can be built."""
        return all(node.known for node in self.nodes)
