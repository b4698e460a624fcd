"""Nodes of the plan: a layer meets its inputs; what it makes of them, or why it can't."""

from __future__ import annotations

from collections.abc import Iterable

from cnnspec.compiler.plan import Expectation, Node, Value
from cnnspec.compiler.shape_inference import UNKNOWN, Conflict, InferenceCache
from cnnspec.compiler.walk.frame import NOTHING, Frame
from cnnspec.compiler.walk.names import Names
from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Related
from cnnspec.core.errors import Reject
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.shape import Shape
from cnnspec.declare.validate import value_place
from cnnspec.language.spec import Item
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Mapping
from cnnspec.reader.node import Node as Yaml

Origin = tuple["Item", "Frame"]
"""The item that a node was made of, and where the walk was."""


class Builder:
    """Collects the nodes of a plan, in construction order."""

    def __init__(self, names: Names, *, open_sizes: bool = False) -> None:
        self.nodes: list[Node] = []
        self.origins: list[Origin] = []
        """Of each node."""
        self.expectations: list[Expectation] = []
        """What `expect` says."""
        self.blocks: dict[str, str] = {}
        """The block that each namespace is an instance of."""
        self._names = names
        self._inference = InferenceCache(open_sizes=open_sizes)

    def add(
        self, item: Item, layer: Layer | None, inputs: tuple[Value, ...], name: str, frame: Frame
    ) -> Node:
        """A node for the item; its output is unknown where the layer, or an input, is."""
        answer = UNKNOWN
        if layer is not None:
            shapes = [value.shape for value in inputs if value.shape is not None]
            if len(shapes) == len(inputs):
                answer = self._inference.infer(layer, tuple(shapes))
            elif NOTHING in inputs:
                self._names.several_inputs(item.place, frame.reporter, item.kind)
        elif len(inputs) == 1 and inputs[0].shape is not None:
            answer = UNKNOWN._replace(shape=_possible_shape(item, inputs[0].shape))
        shape, reject, weights, params, macs, conflict = answer
        path = frame.namespace.prefix + name
        node = Node(path, item.kind, layer, inputs, shape, item.place, weights, params, macs)
        self.nodes.append(node)
        self.origins.append((item, frame))
        if reject is not None:
            self._report_reject(node, reject, item, frame)
        if conflict is not None:
            self._report_conflict(node, conflict, item, frame)
        return node

    def _report_reject(self, node: Node, no: Reject, item: Item, frame: Frame) -> None:
        place = value_place(item.args, no.field, item.place) if no.field else item.place
        related = (*origins(node.inputs), *definitions(_argument_node(item, no.field), frame.scope))
        frame.reporter.error(no.code, f"{node.kind}: {no.message}", place, no.hint, related)

    def _report_conflict(self, node: Node, conflict: Conflict, item: Item, frame: Frame) -> None:
        field, written, size = conflict
        message = f"{node.kind}: {field} says {yaml_text(written)}, the input has {yaml_text(size)}"
        place = value_place(item.args, field, item.place)
        related = (*origins(node.inputs), *definitions(_argument_node(item, field), frame.scope))
        frame.reporter.error("wrong-assertion", message, place, related=related)


def _possible_shape(item: Item, x: Shape) -> Shape | None:
    from cnnspec.compiler.walk.possible_shape import possible_shape  # noqa: PLC0415 -- only a mistake pays for it

    return possible_shape(item, x)


def _argument_node(item: Item, field: str | None) -> Yaml | None:
    if isinstance(item.args, Mapping):
        return item.args.get(field) if field else None
    return item.args


# Where a value comes from: `flatten gave 320 = 20 × 4 × 4`


def origins(values: Iterable[Value]) -> tuple[Related, ...]:
    """The nodes that gave the values, each with the shape; an input's is in the spec's first lines."""
    nodes = dict.fromkeys(value.node for value in values if value.node is not None)
    return tuple(Related(node.place, f"{node.kind} gave {_explain(node)}") for node in nodes)


def _explain(node: Node) -> str:
    """The shape, and for features that were laid in a row how they come about."""
    shape = node.shape
    assert shape is not None
    if node.layer is None:
        return str(shape)
    source = node.inputs[0].shape
    if shape.rank == 0 and source is not None and source.known and shape.known:
        lines = node.layer.formula(source, shape)
        if len(lines) == 1 and lines[0].endswith(f" = {shape}"):
            return f"{shape} = {lines[0].removesuffix(f' = {shape}')}"
    return str(shape)
