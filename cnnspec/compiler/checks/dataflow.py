"""What a network does with each value: who reads it, which values reach an output, what lies between two layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.core.shape import Shape
    from cnnspec.layers.base import Role


class Dataflow:
    """The edges of a plan, from each value on."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.readers: Final[Mapping[Value, list[Node]]] = _readers(plan)
        """The nodes that take a value; what nothing takes is not in it."""
        self.outputs: Final = frozenset(output.value for output in plan.outputs)

    def only_reader(self, value: Value) -> Node | None:
        """The one node that takes the value; None where there are others, or it comes out of the network."""
        readers = self.readers.get(value, ())
        return readers[0] if len(readers) == 1 and value not in self.outputs else None

    def used(self) -> set[Value]:
        """The values that an output depends on, the outputs among them."""
        found = set(self.outputs)
        todo = list(self.outputs)
        while todo:
            node = todo.pop().node
            for value in node.inputs if node is not None else ():
                if value not in found:
                    found.add(value)
                    todo.append(value)
        return found

    def straits(self) -> Iterator[Node]:
        """The nodes that all of the flow passes: no value from before one is read after it."""
        used, last = self.used(), len(self._plan.nodes)
        position = {node: index for index, node in enumerate(self._plan.nodes)}
        open_until = 0
        for value in (*self._plan.inputs.values(), *self._plan.nodes):
            if value in used:
                if value.node is not None and open_until <= position[value.node]:
                    yield value.node
                reads = [position[reader] for reader in self.readers.get(value, ()) if reader in used]
                open_until = max(open_until, last if value in self.outputs else 0, *reads, 0)

    def private_source(self, node: Node, passes: Callable[[Node], bool]) -> Node | None:
        """The node whose value comes to this one by way of nodes that `passes` lets through, and goes nowhere else."""
        value = node.inputs[0]
        while value.node is not None and self.only_reader(value) is not None:
            if not passes(value.node):
                return value.node
            value = value.node.inputs[0]
        return None


def _readers(plan: Plan) -> dict[Value, list[Node]]:
    found: dict[Value, list[Node]] = {}
    for node in plan.nodes:
        for value in node.inputs:
            found.setdefault(value, []).append(node)
    return found


def behind(value: Value, passes: Callable[[Node], bool]) -> Value:
    """The value before the nodes that `passes` lets through."""
    while value.node is not None and passes(value.node):
        value = value.node.inputs[0]
    return value


def sources(plan: Plan, passes: Callable[[Node], bool]) -> dict[Value, Value]:
    """For each value the one behind the nodes that `passes` lets through: itself where its node is none of them."""
    found: dict[Value, Value] = {value: value for value in plan.inputs.values()}
    for node in plan.nodes:
        found[node] = found.get(node.inputs[0], node.inputs[0]) if passes(node) else node
    return found


def weighted_sums(plan: Plan) -> Iterator[Node]:
    """Convolutions, linear layers and the like."""
    return (node for node in plan.nodes if role(node) == "weighted sum")


def role(node: Node) -> Role | None:
    """What its layer is there for; None where the layer is unknown."""
    return None if node.layer is None else node.layer.role


def numbers(shape: Shape | None) -> tuple[int, ...] | None:
    """The sizes of a shape; None where they are not all known as numbers."""
    known = tuple(size for size in (shape.sizes if shape else ()) if isinstance(size, int))
    return known if shape is not None and len(known) == len(shape.sizes) else None
