"""Blocks that are called again with equal arguments on equal shapes: their nodes are copied, not inferred anew.

A block sees nothing but its arguments, what enters it and the spec's variables, so that all else of its nodes is
equal: layers, shapes, weights, costs, and what they are wired to inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Node, Value
from cnnspec.compiler.walk.arguments import hashable

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnspec.compiler.walk.builder import Builder, Origin
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.language.spec import Block


class Unfolding(NamedTuple):
    """What a call of a block unfolded to, without a finding."""

    inputs: tuple[Value, ...]
    nodes: list[Node]
    origins: list[Origin]
    blocks: list[tuple[str, str]]
    """The calls inside: what their namespaces are called, and the block's name."""
    result: Value
    items: int
    """How many items the walk met inside."""
    path: str


class Position(NamedTuple):
    """How far a walk is: its nodes, calls of blocks, items and findings so far."""

    nodes: int
    blocks: int
    items: int
    findings: int


class BlockCache:
    """Unfoldings by block, arguments and the shapes that enter."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._unfoldings: dict[Hashable, Unfolding] = {}

    def key(self, block: Block, inner: Frame, depth: int) -> Hashable:
        """What the unfolding depends on; None where something of it is unknown. `inner` is the block's own frame."""
        scope = inner.scope
        shapes = tuple([value.shape for value in inner.inputs.values()])
        if scope.unknown or None in shapes:
            return None
        arguments = tuple([(type(scope[name]), hashable(scope[name])) for name in block.args])
        return (block.name, arguments, shapes, id(inner.init), depth)

    def get(self, key: Hashable) -> Unfolding | None:
        """The unfolding of an equal call, if there was one."""
        return self._unfoldings.get(key)

    def position(self, items: int, findings: int) -> Position:
        """Where the walk is."""
        return Position(len(self._builder.nodes), len(self._builder.blocks), items, findings)

    def keep(
        self, key: Hashable, inner: Frame, path: str, result: Value, start: Position, end: Position
    ) -> None:
        """Keep what a call unfolded to between two positions, where nothing was found wrong with it."""
        if key is None or end.findings > start.findings or result.shape is None:
            return
        builder = self._builder
        self._unfoldings[key] = Unfolding(
            tuple(inner.inputs.values()),
            builder.nodes[start.nodes : end.nodes],
            builder.origins[start.nodes : end.nodes],
            list(builder.blocks.items())[start.blocks : end.blocks],
            result,
            end.items - start.items,
            path,
        )

    def repeat(self, unfolding: Unfolding, inner: Frame, path: str) -> Value:
        """The unfolding's nodes again, on what enters now, under another path; what they give."""
        builder, cut = self._builder, len(unfolding.path)
        values = dict(zip(unfolding.inputs, inner.inputs.values(), strict=True))
        for node in unfolding.nodes:
            output = values[node.output] = Value(node.output.shape)
            inputs = tuple([values[value] for value in node.inputs])
            output.node = node.at(path + node.path[cut:], inputs, output)
            builder.nodes.append(output.node)
        builder.origins += unfolding.origins
        builder.blocks.update([(path + inside[cut:], name) for inside, name in unfolding.blocks])
        return values[unfolding.result]
