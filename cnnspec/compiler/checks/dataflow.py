"""What a network does with each value: who reads it, which values reach an output, what lies between two layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.core.shape import Shape
    from cnnspec.layers.base import Layer


class Dataflow:
    """The edges of a plan, from each value on."""

    def __init__(self, plan: Plan) -> None:
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

    def private_source(self, node: Node, passes: Callable[[Layer], bool]) -> Node | None:
        """The node whose value comes to this one by way of layers that `passes` lets through, and goes nowhere else."""
        value = node.inputs[0]
        while value.node is not None and self.only_reader(value) is not None:
            before = value.node
            if before.layer is None or not passes(before.layer):
                return before
            value = before.inputs[0]
        return None


def _readers(plan: Plan) -> dict[Value, list[Node]]:
    found: dict[Value, list[Node]] = {}
    for node in plan.nodes:
        for value in node.inputs:
            found.setdefault(value, []).append(node)
    return found


def behind(value: Value, passes: Callable[[Layer], bool]) -> Value:
    """The value before the layers that `passes` lets through."""
    while value.node is not None and value.node.layer is not None and passes(value.node.layer):
        value = value.node.inputs[0]
    return value


def weighted_sums(plan: Plan) -> Iterator[Node]:
    """Convolutions, linear layers and the like."""
    return (node for node in plan.nodes if node.layer is not None and node.layer.role == "weighted sum")


def numbers(shape: Shape | None) -> tuple[int, ...] | None:
    """The sizes of a shape; None where they are not all known as numbers."""
    known = tuple(size for size in (shape.sizes if shape else ()) if isinstance(size, int))
    return known if shape is not None and len(known) == len(shape.sizes) else None
