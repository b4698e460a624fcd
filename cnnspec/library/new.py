"""A spec of one's own to start from: another's text, with the variant made its base."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cnnspec.compiler.check import Result, check_text
from cnnspec.core.diagnostic import LINE_BREAK, Place, Source
from cnnspec.library.specs import SpecFile
from cnnspec.reader.document import read
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence

_SCHEMA_COMMENT = re.compile(r"\A# yaml-language-server: .*\n")
"""The first line that tells an editor where the schema is; its path holds in `specs/` only."""
_SECTIONS = {"unused-block": "blocks", "unused-variable": "vars"}


def starter_text(opened: SpecFile, result: Result) -> str:
    """The text of a checked spec without its other variants and what only they use.

    `result` is what checking it gave. Comments stay; where the text's layout doesn't allow to cut it,
    it is written anew.
    """
    text = _SCHEMA_COMMENT.sub("", opened.document.source.text)
    root = read(Source(opened.label, text)).root
    assert isinstance(root, Mapping) and result.plan is not None, "the spec has no errors"
    if opened.variant is not None:
        text = _without_unused(variant_as_base(text, root, opened.variant))
    return text if _comparable(check_text(text)) == _comparable(result) else result.resolved


def _comparable(result: Result) -> tuple[object, ...] | None:
    """All that two specs of the same network and training have in common."""
    plan = result.plan
    if plan is None:
        return None
    names = {value: name for name, value in plan.inputs.items()}
    names |= {node: node.path for node in plan.nodes}
    nodes = [(node.path, node.layer, [names.get(value) for value in node.inputs]) for node in plan.nodes]
    outputs = [(output.key, names.get(output.value), output.train_only) for output in plan.outputs]
    inputs = [(name, value.shape) for name, value in plan.inputs.items()]
    return inputs, nodes, plan.output_form, outputs, plan.init, result.data, result.train


def _without_unused(text: str) -> str:
    """Cut until nothing is left over that only another variant used."""
    while unused := [found for found in check_text(text).diagnostics if found.code in _SECTIONS]:
        section = _SECTIONS[unused[0].code]
        root = read(unused[0].place.source).root
        assert isinstance(root, Mapping), "it was read before"
        places = [found.place for found in unused if _SECTIONS[found.code] == section]
        text = remove_entries(text, root, section, places)
    return text


# Cutting entries out of a text


class Edit(NamedTuple):
    """A stretch of the text, and what stands there instead."""

    start: int
    end: int
    text: str


def variant_as_base(text: str, root: Mapping, variant: str | None) -> str:
    """The text with the variant's values in `vars`, and without `variants`."""
    written = _SourceLines(text)
    edits = [written.remove_entries(root, "variants")] if "variants" in root.entries else []
    variants, declared = root.get("variants"), root.get("vars")
    chosen = variants.get(variant) if variant and isinstance(variants, Mapping) else None
    if isinstance(chosen, Mapping) and isinstance(declared, Mapping):
        edits += [
            Edit(*written.span(declared.entries[key.text].value.place), written.quoted(node.place))
            for key, node in chosen
            if key.text in declared.entries
        ]
    return apply_edits(text, edits)


def remove_entries(text: str, root: Mapping, section: str, places: Iterable[Place]) -> str:
    """The text without the entries of a section whose keys stand at these places."""
    written, mapping, there = _SourceLines(text), root.get(section), set(places)
    assert isinstance(mapping, Mapping), "what is taken out of it was found in it"
    names = [key.text for key, _ in mapping if key.place in there]
    if len(names) == len(mapping.entries):
        return apply_edits(text, [written.remove_entries(root, section)])
    return apply_edits(text, [written.remove_entries(mapping, name) for name in names])


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

    def remove_entries(self, mapping: Mapping, key: str) -> Edit:
        """Takes out the lines of an entry of a block mapping."""
        entry = mapping.entries[key]
        return Edit(self._starts[entry.key.place.line - 1], self._starts[_last_line(entry)], "")


def _last_line(entry: Entry) -> int:
    return max(_ends(entry.value))


def _ends(node: Node) -> Iterable[int]:
    """The last lines of a node's scalars; a block mapping's own end is the start of what follows it."""
    if isinstance(node, Scalar) or not (children := _children(node)):
        return [node.place.end_line]
    return [line for child in children for line in _ends(child)]


def _children(node: Sequence | Mapping) -> list[Node]:
    return node.items if isinstance(node, Sequence) else [value for _, value in node]
