"""Events of a YAML parser become nodes with places, in one pass that stops where a budget is spent.

Nothing here recurses, and an alias shares what it stands for: ten lines can't become a billion nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Place
from cnnspec.reader.node import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from cnnspec.reader.node import Node


from typing import TYPE_CHECKING

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from cnnspec.reader.errors import structure
from cnnspec.reader.errors.structure import Stop
from cnnspec.reader.scalars import is_number, scalar_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.core.diagnostic import Diagnostic, Source
    from cnnspec.reader.events import Event, Events
    from cnnspec.reader.node import Node


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


_WORTH_A_SEARCH = 50
_BLOCK_STYLES = frozenset("|>")

MAX_DEPTH = 64
"""Levels of lists and mappings within each other."""
MAX_NODES = 100_000
"""Keys and values, those that an alias repeats included."""


class Composer:
    """One text's nodes; `diagnostics` are the mistakes that reading got past."""

    def __init__(self, source: Source, events: Events) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.last: Event | None = None
        self._source = source
        self._next = events.get_event
        self._anchors: dict[str, Anchor] = {}
        self._count = 0
        self._documents = 0
        self._frames = [Frame(Place(source), mapping=False)]

    def compose(self) -> Node | None:
        """The root, or None where the text is empty but for comments.

        Raises Stop where reading can't go on, and yaml.YAMLError where the text is no YAML.
        """
        handlers: dict[type[object], Callable[[Event], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._begin,
            SequenceStartEvent: self._begin,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            DocumentStartEvent: self._document,
            DocumentEndEvent: self._rest,
        }
        while (event := self._next()) is not None:
            self.last = event
            if handler := handlers.get(type(event)):
                handler(event)
        return next(iter(self._frames[0].items), None)

    def _document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Stop(structure.several_documents(self._place(event)))

    def _rest(self, event: Event) -> None:
        # libyaml would first read all of the directives, in quadratic time.
        if place := structure.directive_after(self._source, event.end_mark.index):
            raise Stop(structure.several_documents(place))

    def _scalar(self, event: Event) -> None:
        frame, plain = self._frames[-1], not event.style
        place = self._block_text(event) if event.style in _BLOCK_STYLES else self._place(event)
        self._spend(1, place)
        text = event.value
        value = scalar_value(text) if plain else text
        if event.tag is not None:
            self.diagnostics.append(structure.tag(place, event.tag))
        elif plain and not text and not event.anchor and frame.keyed:
            place = self._after(frame.end)
        node = Scalar(text, value, place)
        if event.anchor:
            self._anchors[event.anchor] = Anchor(place, node)
        if frame.wants_key:
            self._key(frame, node, plain=plain)
            return
        if value is text and plain and is_number(text):
            self.diagnostics.append(structure.number_too_large(place, text))
        frame.put(node)

    def _alias(self, event: Event) -> None:
        frame, place, name = self._frames[-1], self._place(event), event.anchor or ""
        anchor = self._anchors.get(name)
        if anchor is None or anchor.node is None:
            self._spend(1, place)
            self._refuse_alias(name, place)
            self._put(frame, Scalar("", "", place))
            return
        self._spend(anchor.size, place)
        if len(self._frames) - 1 + anchor.height > MAX_DEPTH:
            raise Stop(structure.too_deep(place, MAX_DEPTH))
        frame.height = max(frame.height, anchor.height)
        self._put(frame, aliased(anchor.node, place))

    def _refuse_alias(self, name: str, place: Place) -> None:
        if anchor := self._anchors.get(name):
            self.diagnostics.append(structure.recursive_alias(name, place, anchor.place))
        else:
            # A text full of them is not worth a search each.
            known = list(self._anchors)[:_WORTH_A_SEARCH] if len(self.diagnostics) < _WORTH_A_SEARCH else []
            self.diagnostics.append(structure.unknown_alias(name, place, known))

    def _begin(self, event: Event) -> None:
        place = self._place(event)
        if len(self._frames) > MAX_DEPTH:
            raise Stop(structure.too_deep(place, MAX_DEPTH))
        if self._source.text[event.start_mark.index] == "?" and event.flow_style:
            # libyaml loses what follows a `[?` that has no key.
            raise Stop(structure.complex_key(place))
        frame = Frame(place, mapping=isinstance(event, MappingStartEvent), before=self._count)
        self._spend(1, place)
        if event.tag is not None:
            self.diagnostics.append(structure.tag(place, event.tag))
        if event.anchor:
            frame.anchor = self._anchors[event.anchor] = Anchor(place)
        self._frames.append(frame)

    def _end(self, event: Event) -> None:
        frame = self._frames.pop()
        node = frame.close(self._place(event))
        height = frame.height + 1
        if frame.anchor:
            frame.anchor.node, frame.anchor.height = node, height
            frame.anchor.size = self._count - frame.before
        outer = self._frames[-1]
        outer.height = max(outer.height, height)
        self._put(outer, node)

    def _put(self, frame: Frame, node: Node) -> None:
        if frame.wants_key:
            self._key(frame, node, plain=False)
        else:
            frame.put(node)

    def _key(self, frame: Frame, node: Node, *, plain: bool) -> None:
        frame.keyed, frame.key = True, None
        frame.end = place = node.alias or node.place
        if not isinstance(node, Scalar) or (node.value is None and not node.text):
            self.diagnostics.append(structure.complex_key(place))
        elif plain and node.text == "<<":
            self.diagnostics.append(structure.merge_key(place))
        elif frame.entries and (first := frame.entries.get(node.text)):
            self.diagnostics.append(
                structure.duplicate_key(place, node.text, first.key.alias or first.key.place)
            )
        else:
            frame.key = Scalar(node.text, node.text, node.place, node.alias)

    def _spend(self, nodes: int, place: Place) -> None:
        self._count += nodes
        if self._count > MAX_NODES:
            raise Stop(structure.too_many_nodes(place, MAX_NODES))

    def _place(self, event: Event) -> Place:
        start, end = event.start_mark, event.end_mark
        return Place(self._source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _after(self, key: Place) -> Place:
        # Parsers differ in where they see a value that isn't there: it is seen behind its key's colon.
        line, column = key.end_line, key.end_column
        column += self._source.line(line)[column - 1 : column] == ":"
        return Place(self._source, line, column, line, column)

    def _block_text(self, event: Event) -> Place:
        # Its end is where the next token starts: go back to the last line that says something.
        place = self._place(event)
        line, column = place.end_line, place.end_column
        while line > place.line and not self._source.line(line)[: column - 1].strip():
            line -= 1
            column = len(self._source.line(line)) + 1
        return place._replace(end_line=line, end_column=column)
