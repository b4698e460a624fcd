"""Nodes whose end has not been read yet, and what anchors mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Place
from cnnspec.language.node import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from cnnspec.language.node import Node


class Anchor:
    """What `&name` marks, None while it is still being read; its numbers count aliases expanded."""

    __slots__ = ("height", "node", "place", "size")

    def __init__(self, place: Place, node: Node | None = None) -> None:
        self.place = place
        self.node = node
        self.size = 1
        self.height = 0


class Frame:
    """A list (`items`) or a mapping (`entries`) whose end has not come yet."""

    __slots__ = ("anchor", "before", "end", "entries", "height", "items", "key", "keyed", "place")

    def __init__(self, place: Place, *, mapping: bool, before: int = 0) -> None:
        self.place = place
        self.end = place
        self.items: list[Node] = []
        self.entries: dict[str, Entry] | None = {} if mapping else None
        self.keyed = False  # a key has come, its value has not
        self.key: Scalar | None = None  # None for a key that was refused
        self.anchor: Anchor | None = None
        self.before = before
        self.height = 0

    @property
    def wants_key(self) -> bool:
        """Whether what comes next is a key."""
        return self.entries is not None and not self.keyed

    def put(self, node: Node) -> None:
        """Take an item, or the value of the key that has come."""
        self.end = node.alias or node.place
        if self.entries is None:
            self.items.append(node)
            return
        self.keyed = False
        if self.key is not None:
            self.entries[self.key.text] = Entry(self.key, node)

    def close(self, end: Place) -> Node:
        """The finished node; `end` is its bracket, or the token after it if it has none."""
        # Without a bracket it ends where its last child does, not at the next token.
        last = self.end if end[1:3] == end[3:5] else end
        place = Place(self.place.source, self.place.line, self.place.column, last.end_line, last.end_column)
        return Sequence(self.items, place) if self.entries is None else Mapping(self.entries, place)


def aliased(node: Node, place: Place) -> Node:
    """The node as it stands at an alias: a copy that shares all it holds."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.value, node.place, place)
    if isinstance(node, Sequence):
        return Sequence(node.items, node.place, place)
    return Mapping(node.entries, node.place, place)
