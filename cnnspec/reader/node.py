"""YAML as data with places: what the reader makes and everything after it points into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.core.diagnostic import Place

ScalarValue = None | bool | int | float | str
Plain = ScalarValue | list["Plain"] | dict[str, "Plain"]
"""A node's content without its places."""


class Scalar:
    """A single value: `text` is its own characters, `value` what YAML 1.2 says they mean."""

    __slots__ = ("alias", "place", "text", "value")

    def __init__(self, text: str, value: ScalarValue, place: Place, alias: Place | None = None) -> None:
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


def has_dollar(text: str) -> bool:
    """Whether there is anything to evaluate or to fill in a text."""
    return "$" in text


def is_literal(node: Node) -> bool:
    """Whether the node holds no `$` anywhere: it means the same in every scope."""
    if isinstance(node, Scalar):
        return not (isinstance(node.value, str) and has_dollar(node.value))
    if isinstance(node, Sequence):
        return all(is_literal(item) for item in node.items)
    return all(is_literal(value) for _, value in node)


class Texts(NamedTuple):
    """The texts that stand in a node: keys, and values."""

    keys: list[str]
    values: list[str]


def texts_of(node: Node) -> Texts:
    """Every text in a node."""
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
    """A value that came from a variable as a node; all of it stands where the variable is used."""
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
