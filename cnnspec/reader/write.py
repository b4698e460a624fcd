"""Nodes back to YAML text; a text is in quotes where YAML 1.2 would read another value without them."""

from __future__ import annotations

from typing import Any

import yaml

from cnnspec.reader.node import Node, Scalar, Sequence
from cnnspec.reader.scalars import scalar_value

_MOST_IN_A_LINE = 100
_TEXT, _OTHER = "tag:yaml.org,2002:str", "tag:cnnspec:not-a-text"
_LIST, _MAPPING = "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"


class _Writer(yaml.SafeDumper):
    """PyYAML's emitter with YAML 1.2's values of plain scalars."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """The tag that a reader would give; a text is quoted where its own differs from it."""
        if kind is not yaml.ScalarNode:
            return _LIST if kind is yaml.SequenceNode else _MAPPING
        plain = implicit[0]
        return _OTHER if plain and not isinstance(scalar_value(value), str) else _TEXT


def write(node: Node) -> str:
    """The text of a document; read again it gives equal nodes. Comments are not kept."""
    return str(yaml.serialize(_yaml(node), Dumper=_Writer, allow_unicode=True, width=_MOST_IN_A_LINE))


def _yaml(node: Node) -> yaml.Node:
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return yaml.ScalarNode(_TEXT, node.text)
        return yaml.ScalarNode(_OTHER, node.text or "null")
    if isinstance(node, Sequence):
        return yaml.SequenceNode(_LIST, [_yaml(item) for item in node.items], flow_style=_short(node))
    pairs = [(yaml.ScalarNode(_TEXT, key.text), _yaml(value)) for key, value in node]
    return yaml.MappingNode(_MAPPING, pairs, flow_style=_short(node))


def _short(node: Node, budget: int = 60) -> bool:
    """Whether the node fits on one line."""
    return _width(node) <= budget


def _width(node: Node) -> int:
    if isinstance(node, Scalar):
        return len(node.text) if "\n" not in node.text else _MOST_IN_A_LINE
    if isinstance(node, Sequence):
        return 2 + sum(_width(item) + 2 for item in node.items)
    return 2 + sum(len(key.text) + _width(value) + 4 for key, value in node)
