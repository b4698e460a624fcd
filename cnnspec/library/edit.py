"""A spec's own text with one variant made its base: comments and layout stay as they were written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnnspec.core.diagnostic import LINE_BREAK, Place
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence


class Edit(NamedTuple):
    """A stretch of the text, and what stands there instead."""

    start: int
    end: int
    text: str


def with_base_of(text: str, root: Mapping, variant: str | None) -> str:
    """The text with the variant's values in `vars`, and without `variants`."""
    written = _SourceLines(text)
    edits = [written.without(root, "variants")] if "variants" in root.entries else []
    variants, declared = root.get("variants"), root.get("vars")
    chosen = variants.get(variant) if variant and isinstance(variants, Mapping) else None
    if isinstance(chosen, Mapping) and isinstance(declared, Mapping):
        edits += [
            Edit(*written.span(declared.entries[key.text].value.place), written.quoted(node.place))
            for key, node in chosen
            if key.text in declared.entries
        ]
    return apply_edits(text, edits)


def without(text: str, root: Mapping, section: str, places: Iterable[Place]) -> str:
    """The text without the entries of a section whose keys stand at these places."""
    written, mapping, there = _SourceLines(text), root.get(section), set(places)
    assert isinstance(mapping, Mapping), "what is taken out of it was found in it"
    names = [key.text for key, _ in mapping if key.place in there]
    if len(names) == len(mapping.entries):
        return apply_edits(text, [written.without(root, section)])
    return apply_edits(text, [written.without(mapping, name) for name in names])


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that don't overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class _SourceLines:
    """A text, and where its lines begin."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(text)), len(text)]

    def span(self, place: Place) -> tuple[int, int]:
        """The first character of a place, and the one after its last."""
        start = self._starts[place.line - 1] + place.column - 1
        return start, self._starts[place.end_line - 1] + place.end_column - 1

    def quoted(self, place: Place) -> str:
        """What is written there."""
        start, end = self.span(place)
        return self._text[start:end]

    def without(self, mapping: Mapping, key: str) -> Edit:
        """Takes out the lines of an entry of a block mapping."""
        entry = mapping.entries[key]
        return Edit(self._starts[entry.key.place.line - 1], self._starts[_last_line(entry)], "")


def _last_line(entry: Entry) -> int:
    return max(_ends(entry.value))


def _ends(node: Node) -> Iterable[int]:
    """The last lines of the values in a node; a block's own end is where the next thing begins."""
    if isinstance(node, Scalar) or not (children := _children(node)):
        return [node.place.end_line]
    return [line for child in children for line in _ends(child)]


def _children(node: Sequence | Mapping) -> list[Node]:
    return node.items if isinstance(node, Sequence) else [value for _, value in node]
