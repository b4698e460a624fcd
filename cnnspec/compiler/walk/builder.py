"""Nodes: a layer meets its inputs; what it makes of them, or why it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.inference import Inferences
from cnnspec.compiler.plan import Node, Value
from cnnspec.compiler.provenance import gave
from cnnspec.compiler.walk.frame import NOTHING, Frame
from cnnspec.compiler.walk.reporter import Reporter, definitions
from cnnspec.core.plain import yaml_text
from cnnspec.declare.validate import value_place
from cnnspec.reader.node import Mapping

if TYPE_CHECKING:
    from cnnspec.compiler.names.names import Names
    from cnnspec.core.reject import Reject
    from cnnspec.core.shape import Shape
    from cnnspec.language.spec import Item
    from cnnspec.layers.base import Layer
    from cnnspec.reader.node import Node as Yaml


class Wiring:
    """Collects the nodes of a plan, in construction order."""

    def __init__(self, names: Names, reporter: Reporter) -> None:
        self.nodes: list[Node] = []
        self.items: dict[Node, tuple[Item, Frame]] = {}
        self.blocks: dict[str, str] = {}
        """The block that each namespace is an instance of."""
        self._names = names
        self._reporter = reporter
        self.inferences = Inferences()

    def add(
        self, item: Item, layer: Layer | None, inputs: tuple[Value, ...], path: str, frame: Frame
    ) -> Value:
        """A node for the item; its output is unknown where the layer, or an input, is."""
        output = Value(None)
        node = output.node = Node(path, item.kind, layer, inputs, output, item.place)
        self.nodes.append(node)
        self.items[node] = (item, frame)
        if layer is None:
            return output
        shapes = [value.shape for value in inputs if value.shape is not None]
        if len(shapes) < len(inputs):
            if NOTHING in inputs:
                self._names.several_inputs(item.place, item.kind)
            return output
        answer = self.inferences.of(layer, tuple(shapes))
        output.shape, node.weights = answer.shape, answer.weights
        node.params, node.macs = answer.params, answer.macs
        if answer.reject is not None:
            self._rejected(node, answer.reject)
        elif self.inferences.asserted(layer, shapes[0]):
            self._compare(node, layer, shapes[0])
        return output

    def keep(self, nodes: list[Node], items: list[tuple[Item, Frame]]) -> None:
        """Nodes that are known already."""
        self.nodes += nodes
        self.items.update(zip(nodes, items, strict=True))

    def _rejected(self, node: Node, no: Reject) -> None:
        item, frame = self.items[node]
        place = value_place(item.args, no.field, item.place) if no.field else item.place
        hint = " ".join(filter(None, (gave(node.inputs), no.hint)))
        related = definitions(_written_as(item, no.field), frame.scope)
        self._reporter.error(no.code, f"{node.kind}: {no.message}", place, hint, related)

    def _compare(self, node: Node, layer: Layer, x: Shape) -> None:
        """Compare the sizes that were written with those that were inferred."""
        for field, size in layer.inferred(x).items():
            written = getattr(layer, field, None)
            if written is not None and size is not None and _listed(written) != _listed(size):
                self._wrong_assertion(node, field, written, size)

    def _wrong_assertion(self, node: Node, field: str, written: object, size: object) -> None:
        item, frame = self.items[node]
        message = f"{node.kind}: {field} says {yaml_text(written)}, the input has {yaml_text(size)}"
        hint = f"{gave(node.inputs)} Write {field}: {yaml_text(size)}, or leave it out: it is inferred."
        related = definitions(_written_as(item, field), frame.scope)
        self._reporter.error(
            "wrong-assertion", message, value_place(item.args, field, item.place), hint, related
        )


def _written_as(item: Item, field: str | None) -> Yaml | None:
    if isinstance(item.args, Mapping):
        return item.args.get(field) if field else None
    return item.args


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
