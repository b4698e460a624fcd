"""The rows of a table of layers: a node each, or a namespace from some depth on; equal rounds once."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.compiler.plan import Node, Plan

_LONGEST_ROUND = 64
"""Items of a round without a name; longer ones are not looked for."""


class Row(NamedTuple):
    """One node, or all of a namespace; of `rounds` in a row that are alike it stands for the last."""

    path: str
    kind: str
    nodes: tuple[Node, ...]
    rounds: int = 1

    @property
    def last(self) -> Node:
        """The node whose output and view are the row's."""
        return self.nodes[-1]

    @property
    def params(self) -> int:
        """Those of one round."""
        return sum(node.params for node in self.nodes)

    @property
    def macs(self) -> int:
        """Those of one round."""
        return sum(node.macs for node in self.nodes)


def layer_rows(plan: Plan, depth: int | None = None) -> list[Row]:
    """The known nodes of a plan as rows; nodes with more than `depth` names in their path are one row, by these names."""
    rows = [
        _row(plan, path, tuple(nodes))
        for path, nodes in groupby(plan.known_nodes, lambda node: ".".join(node.path.split(".")[:depth]))
    ]
    return _folded(rows, 0)


def _row(plan: Plan, path: str, nodes: tuple[Node, ...]) -> Row:
    return Row(path, nodes[0].kind if nodes[0].path == path else plan.blocks.get(path, ""), nodes)


def _folded(rows: Sequence[Row], level: int) -> list[Row]:
    """The rows, of rounds that follow each other and are alike the last alone, with their number.

    A round is one or more items of a level: a namespace, or layers that stand side by side.
    """
    items = [list(inside) for _, inside in groupby(rows, lambda row: row.path.split(".")[: level + 1])]
    signatures = [_signature(item, level) for item in items]
    found: list[Row] = []
    start = 0
    while start < len(items):
        length, rounds = _repetition(signatures, start)
        start += length * rounds
        for item in items[start - length : start]:
            has_inside = all(len(row.path.split(".")) > level + 1 for row in item)
            inside = _folded(item, level + 1) if has_inside else item
            found += [row._replace(rounds=row.rounds * rounds) for row in inside]
    return found


def _repetition(signatures: Sequence[object], start: int) -> tuple[int, int]:
    """The items of a round that begins here, and how many such follow each other: the shortest of those that repeat."""
    for length in range(1, min(_LONGEST_ROUND, (len(signatures) - start) // 2) + 1):
        if signatures[start] == signatures[start + length]:
            first, rounds = signatures[start : start + length], 1
            while signatures[start + rounds * length : start + (rounds + 1) * length] == first:
                rounds += 1
            if rounds > 1:
                return length, rounds
    return 1, 1


def _signature(item: Sequence[Row], level: int) -> object:
    """What makes items alike: they are written at the same lines, and differ in nothing but their own name and their view."""
    return [
        (row.path.split(".")[level + 1 :], row.kind, [_features(node) for node in row.nodes]) for row in item
    ]


def _features(node: Node) -> object:
    return (node.place.line, node.kind, id(node.layer), [value.shape for value in node.inputs], node.shape)
