"""Nodes: YAML as data that knows its places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.core.diagnostic import Place
from cnnspec.core.plain_values import Plain, Primitive


class Scalar:
    """A scalar: `text` is its characters without quotes, `value` what they mean in YAML 1.2."""

    __slots__ = ("alias", "place", "text", "value")

    def __init__(self, text: str, value: Primitive, place: Place, alias: Place | None = None) -> None:
        self.text = text
        self.value = value
        self.place = place
        self.alias = alias

    def plain(self) -> Plain:
        """The value without its place."""
        return self.value


class Sequence:
    """A list of nodes."""

    __slots__ = ("alias", "items", "place")

    def __init__(self, items: list[Node], place: Place, alias: Place | None = None) -> None:
        self.items = items
        self.place = place
        self.alias = alias

    def plain(self) -> Plain:
        """The list without its places."""
        return [item.plain() for item in self.items]


class Entry(NamedTuple):
    """A key of a mapping, with its own place, and its value."""

    key: Scalar
    value: Node


class Mapping:
    """A mapping from texts to nodes, in the order of the file."""

    __slots__ = ("alias", "entries", "place")

    def __init__(self, entries: dict[str, Entry], place: Place, alias: Place | None = None) -> None:
        self.entries = entries
        self.place = place
        self.alias = alias

    def plain(self) -> Plain:
        """The mapping without its places."""
        return {key: entry.value.plain() for key, entry in self.entries.items()}

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries.values())


Node = Scalar | Sequence | Mapping
"""`place` is where it is written; `alias`, where a YAML alias put it, is where the alias stands."""


def is_literal(node: Node) -> bool:
    """Whether the node holds no `$` anywhere: it means the same in every scope."""
    if isinstance(node, Scalar):
        return not (isinstance(node.value, str) and "$" in node.value)
    if isinstance(node, Sequence):
        return all(is_literal(item) for item in node.items)
    return all(is_literal(value) for _, value in node)


class Texts(NamedTuple):
    """The keys in a node, and the texts of its scalars."""

    keys: list[str]
    values: list[str]


def texts_of(node: Node) -> Texts:
    """All texts in a node."""
    found = Texts([], [])
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, Scalar):
            found.values.append(node.text)
        elif isinstance(node, Sequence):
            todo += node.items
        else:
            found.keys.extend(node.entries)
            todo += [entry.value for entry in node.entries.values()]
    return found


def from_plain(value: Plain, place: Place) -> Node:
    """The node for a variable's value: all of it at `place`, its dollar signs doubled, so that they stay."""
    if isinstance(value, dict):
        return Mapping(
            {key: Entry(Scalar(key, key, place), from_plain(item, place)) for key, item in value.items()},
            place,
        )
    if isinstance(value, list):
        return Sequence([from_plain(item, place) for item in value], place)
    if isinstance(value, str):
        return Scalar(value.replace("$", "$$"), value.replace("$", "$$"), place)
    return Scalar("" if value is None else str(value), value, place)
