"""Nodes of the plan: a layer meets its inputs; what it makes of them, or why it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Node, Value
from cnnspec.compiler.shape_inference import Inferences
from cnnspec.compiler.value_origin import gave
from cnnspec.compiler.walk.frame import NOTHING
from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.plain_values import yaml_text
from cnnspec.declare.validate import value_place
from cnnspec.reader.node import Mapping

if TYPE_CHECKING:
    from cnnspec.compiler.shape_inference import Conflict
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.compiler.walk.names import Names
    from cnnspec.core.reject import Reject
    from cnnspec.core.shape import Shape
    from cnnspec.language.spec import Item
    from cnnspec.layers.base import Layer
    from cnnspec.reader.node import Node as Yaml


class Origin(NamedTuple):
    """The item that a node was made of, and where the walk was."""

    item: Item
    frame: Frame


class Builder:
    """Collects the nodes of a plan, in construction order."""

    def __init__(self, names: Names) -> None:
        self.nodes: list[Node] = []
        self.origins: list[Origin] = []
        """Of each node."""
        self.blocks: dict[str, str] = {}
        """The block that each namespace is an instance of."""
        self._names = names
        self._inferences = Inferences()

    def add(
        self, item: Item, layer: Layer | None, inputs: tuple[Value, ...], path: str, frame: Frame
    ) -> Value:
        """A node for the item; its output is unknown where the layer, or an input, is."""
        output = Value(None)
        node = output.node = Node(path, item.kind, layer, inputs, output, item.place)
        self.nodes.append(node)
        self.origins.append(Origin(item, frame))
        if layer is None:
            return output
        shapes = [value.shape for value in inputs if value.shape is not None]
        if len(shapes) == len(inputs):
            self._infer(node, layer, tuple(shapes))
        elif NOTHING in inputs:
            self._names.several_inputs(item.place, frame.reporter, item.kind)
        return output

    def _infer(self, node: Node, layer: Layer, shapes: tuple[Shape, ...]) -> None:
        answer = self._inferences.of(layer, shapes)
        node.output.shape, node.weights = answer.shape, answer.weights
        node.params, node.macs = answer.params, answer.macs
        if answer.reject is not None:
            self._rejected(node, answer.reject, self.origins[-1])
        for conflict in answer.conflicts:
            self._wrong_assertion(node, conflict, self.origins[-1])

    def _rejected(self, node: Node, no: Reject, origin: Origin) -> None:
        item, frame = origin
        place = value_place(item.args, no.field, item.place) if no.field else item.place
        hint = " ".join(filter(None, (gave(node.inputs), no.hint)))
        related = definitions(_written_as(item, no.field), frame.scope)
        frame.reporter.error(no.code, f"{node.kind}: {no.message}", place, hint, related)

    def _wrong_assertion(self, node: Node, conflict: Conflict, origin: Origin) -> None:
        item, frame = origin
        field, written, size = conflict
        message = f"{node.kind}: {field} says {yaml_text(written)}, the input has {yaml_text(size)}"
        hint = f"{gave(node.inputs)} Write {field}: {yaml_text(size)}, or leave it out: it is inferred."
        place = value_place(item.args, field, item.place)
        related = definitions(_written_as(item, field), frame.scope)
        frame.reporter.error("wrong-assertion", message, place, hint, related)


def _written_as(item: Item, field: str | None) -> Yaml | None:
    if isinstance(item.args, Mapping):
        return item.args.get(field) if field else None
    return item.args
