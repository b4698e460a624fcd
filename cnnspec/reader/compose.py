"""A YAML parser's events become nodes with places, in one pass.

Nothing here recurses, and an alias shares the children of what it stands for: ten lines can't become a billion
nodes. Reading stops beyond MAX_DEPTH and MAX_NODES.
"""

from __future__ import annotations

from functools import partial
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

from cnnspec.core.diagnostic import Place
from cnnspec.reader.errors import structure
from cnnspec.reader.errors.structure import ReadError
from cnnspec.reader.limits import MAX_DEPTH, MAX_NODES
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.reader.scalars import is_number, scalar_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from yaml.error import Mark

    from cnnspec.core.diagnostic import Diagnostic, Source

    class Event(Protocol):
        """What is used of PyYAML's events; each class of events has a part of it."""

        start_mark: Mark
        end_mark: Mark
        anchor: str | None
        tag: str | None
        value: str
        style: str | None
        flow_style: bool

    class Parser(Protocol):
        """A parser of YAML: libyaml's or PyYAML's own."""

        def get_event(self) -> Event | None:
            """The next event, or None after the last. Raises yaml.YAMLError."""


_BLOCK_STYLES = frozenset("|>")
_MOST_SUGGESTIONS = 50
"""Unknown aliases that get a suggestion, and anchors that are looked at for one."""


_make_place: Callable[[tuple[Source, int, int, int, int]], Place] = partial(tuple.__new__, Place)
_make_entry: Callable[[tuple[Scalar, Node]], Entry] = partial(tuple.__new__, Entry)
"""Half the time of calling the classes; every node takes one of them."""


class Composer:
    """The nodes of one text; `diagnostics` are the mistakes that did not stop reading."""

    def __init__(self, source: Source, parser: Parser) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._next = parser.get_event
        self._last: Event | None = None
        self._anchors: dict[str, _Anchor] = {}
        self._count = 0
        self._documents = 0
        self._open = [_OpenCollection(Place(source), mapping=False)]
        """Stack of unfinished collections; the first is a list that holds the root."""

    def compose(self) -> Node | None:
        """The root, or None where the text is empty but for comments.

        Raises ReadError where reading can't go on, and yaml.YAMLError where the text is no YAML.
        """
        handlers: dict[type[object], Callable[[Event], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._begin,
            SequenceStartEvent: self._begin,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            DocumentStartEvent: self._document_start,
            DocumentEndEvent: self._document_end,
        }
        while (event := self._next()) is not None:
            self._last = event
            if handler := handlers.get(type(event)):
                handler(event)
        return next(iter(self._open[0].items), None)

    def last_text(self) -> Place | None:
        """Where the last thing that was read stands, if it is an unquoted text."""
        last = self._last
        return self._place(last) if last and hasattr(last, "value") and not last.style else None

    # One method an event

    def _document_start(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise ReadError(structure.several_documents(self._place(event)))

    def _document_end(self, event: Event) -> None:
        # libyaml would first read all of the directives, in quadratic time.
        if place := structure.directive_after(self._source, event.end_mark.index):
            raise ReadError(structure.several_documents(place))

    def _scalar(self, event: Event) -> None:
        parent, text, style = self._open[-1], event.value, event.style
        start, end = event.start_mark, event.end_mark
        place = _make_place((self._source, start.line + 1, start.column + 1, end.line + 1, end.column + 1))
        self._count += 1
        if self._count > MAX_NODES:
            raise ReadError(structure.too_many_nodes(place, MAX_NODES))
        if event.anchor or event.tag is not None or not text or style in _BLOCK_STYLES:
            self._unusual_scalar(event, parent, place)
        elif parent.wants_key:
            if text in parent.entries or text == "<<":
                self._key(parent, Scalar(text, text, place), plain=not style)
            else:
                parent.add_key(Scalar(text, text, place), place)
        elif style:
            parent.add(Scalar(text, text, place))
        else:
            value = scalar_value(text)
            if value is text and is_number(text):
                self.diagnostics.append(structure.number_too_large(place, text))
            parent.add(Scalar(text, value, place))

    def _unusual_scalar(self, event: Event, parent: _OpenCollection, place: Place) -> None:
        """A scalar that has an anchor or a tag, no text, or is a block of text."""
        text, plain = event.value, not event.style
        if event.style in _BLOCK_STYLES:
            place = self._place_of_block_text(place)
        if event.tag is not None:
            self.diagnostics.append(structure.tag(place, event.tag))
        elif plain and not text and not event.anchor and parent.has_key:
            place = self._behind_colon(parent.end)
        node = Scalar(text, scalar_value(text) if plain else text, place)
        if event.anchor:
            self._anchors[event.anchor] = _Anchor(place, node)
        if parent.wants_key:
            self._key(parent, node, plain=plain)
            return
        if plain and node.value is text and is_number(text):
            self.diagnostics.append(structure.number_too_large(place, text))
        parent.add(node)

    def _alias(self, event: Event) -> None:
        place, name = self._place(event), event.anchor or ""
        anchor = self._anchors.get(name)
        if anchor is None or anchor.node is None:
            self._spend(1, place)
            self.diagnostics.append(self._wrong_alias(name, place, anchor))
            self._add(Scalar("", "", place))
            return
        self._spend(anchor.size, place)
        if len(self._open) - 1 + anchor.height > MAX_DEPTH:
            raise ReadError(structure.too_deep(place, MAX_DEPTH))
        parent = self._open[-1]
        parent.height = max(parent.height, anchor.height)
        self._add(_at_alias(anchor.node, place))

    def _begin(self, event: Event) -> None:
        place = self._place(event)
        if len(self._open) > MAX_DEPTH:
            raise ReadError(structure.too_deep(place, MAX_DEPTH))
        if event.flow_style and self._source.text[event.start_mark.index] == "?":
            # libyaml loses what follows a `[?` that has no key.
            raise ReadError(structure.complex_key(place))
        collection = _OpenCollection(place, mapping=isinstance(event, MappingStartEvent), before=self._count)
        self._spend(1, place)
        if event.tag is not None:
            self.diagnostics.append(structure.tag(place, event.tag))
        if event.anchor:
            collection.anchor = self._anchors[event.anchor] = _Anchor(place)
        self._open.append(collection)

    def _end(self, event: Event) -> None:
        collection = self._open.pop()
        node = collection.close(self._place(event))
        height = collection.height + 1
        if anchor := collection.anchor:
            anchor.node, anchor.height, anchor.size = node, height, self._count - collection.before
        parent = self._open[-1]
        parent.height = max(parent.height, height)
        self._add(node)

    # What they share

    def _add(self, node: Node) -> None:
        """The node becomes a key, a value or an item of the innermost collection."""
        parent = self._open[-1]
        if parent.wants_key:
            self._key(parent, node, plain=False)
        else:
            parent.add(node)

    def _key(self, mapping: _OpenCollection, node: Node, *, plain: bool) -> None:
        """The node is the next key; a wrong one is reported, and its value dropped."""
        place = node.alias or node.place
        key = None
        if not isinstance(node, Scalar) or (node.value is None and not node.text):
            self.diagnostics.append(structure.complex_key(place))
        elif plain and node.text == "<<":
            self.diagnostics.append(structure.merge_key(place))
        elif first := mapping.entries.get(node.text):
            first_place = first.key.alias or first.key.place
            self.diagnostics.append(structure.duplicate_key(place, node.text, first_place))
        else:
            key = Scalar(node.text, node.text, node.place, node.alias)
        mapping.add_key(key, place)

    def _wrong_alias(self, name: str, place: Place, anchor: _Anchor | None) -> Diagnostic:
        if anchor:
            return structure.recursive_alias(name, place, anchor.place)
        known = list(self._anchors)[:_MOST_SUGGESTIONS] if len(self.diagnostics) < _MOST_SUGGESTIONS else []
        return structure.unknown_alias(name, place, known)

    def _spend(self, nodes: int, place: Place) -> None:
        self._count += nodes
        if self._count > MAX_NODES:
            raise ReadError(structure.too_many_nodes(place, MAX_NODES))

    def _place(self, event: Event) -> Place:
        start, end = event.start_mark, event.end_mark
        return _make_place((self._source, start.line + 1, start.column + 1, end.line + 1, end.column + 1))

    def _behind_colon(self, key: Place) -> Place:
        """The place of a value that isn't there: parsers differ, so it is always behind the colon of its key."""
        line, column = key.end_line, key.end_column
        column += self._source.line(line)[column - 1 : column] == ":"
        return Place(self._source, line, column, line, column)

    def _place_of_block_text(self, place: Place) -> Place:
        """Up to its last line that isn't blank; the parser's end is where the next token begins."""
        line, column = place.end_line, place.end_column
        while line > place.line and not self._source.line(line)[: column - 1].strip():
            line -= 1
            column = len(self._source.line(line)) + 1
        return place._replace(end_line=line, end_column=column)


class _Anchor:
    """What `&name` marks; its node is None while it is still being read."""

    __slots__ = ("height", "node", "place", "size")

    def __init__(self, place: Place, node: Node | None = None) -> None:
        self.place = place
        self.node = node
        self.size = 1
        """Nodes in it, those that aliases repeat included."""
        self.height = 0
        """Levels of lists and mappings in it."""


class _OpenCollection:
    """A list or a mapping whose end has not come yet."""

    def __init__(self, place: Place, *, mapping: bool, before: int = 0) -> None:
        self.place = place
        self.end = place
        """Where its last key or value ends."""
        self.mapping = mapping
        self.items: list[Node] = []
        """Of a list."""
        self.entries: dict[str, Entry] = {}
        """Of a mapping."""
        self.wants_key = mapping
        """Whether the next node is a key."""
        self.has_key = False
        """Whether a key has come whose value has not."""
        self._key: Scalar | None = None
        self.anchor: _Anchor | None = None
        self.before = before
        """The number of nodes that were read before it."""
        self.height = 0

    def add_key(self, key: Scalar | None, place: Place) -> None:
        """Take a key; None for one whose value is to be dropped."""
        self.wants_key, self.has_key, self._key, self.end = False, True, key, place

    def add(self, node: Node) -> None:
        """Take an item, or the value of the last key."""
        self.end = node.alias or node.place
        if not self.mapping:
            self.items.append(node)
            return
        self.wants_key, self.has_key = True, False
        if self._key is not None:
            self.entries[self._key.text] = _make_entry((self._key, node))

    def close(self, end: Place) -> Node:
        """The finished node; `end` is its closing bracket, or empty, which means the last child's end."""
        source, line, column, end_line, end_column = end
        if line == end_line and column == end_column:
            _, _, _, end_line, end_column = self.end
        place = Place(source, self.place.line, self.place.column, end_line, end_column)
        return Mapping(self.entries, place) if self.mapping else Sequence(self.items, place)


def _at_alias(node: Node, place: Place) -> Node:
    """A copy of the node for an alias at `place`; it shares the children."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.value, node.place, place)
    if isinstance(node, Sequence):
        return Sequence(node.items, node.place, place)
    return Mapping(node.entries, node.place, place)
