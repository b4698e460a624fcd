"""Edits of YAML text that keep the rest as it is: entries and items are put in and taken out, in braces and in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cnnspec.core.diagnostic import LINE_BREAK, Edit, Place, Source
from cnnspec.core.plain_values import yaml_text
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.reader.scalars import scalar_value

_SPECIAL = frozenset(",[]{}#&*!|>'\"%@`")


class Candidate(NamedTuple):
    """A change that may mend a mistake."""

    edits: tuple[Edit, ...]
    title: str
    rename: bool = False
    """Whether it puts the word that is spelt alike, or that others use, in the place of a word."""
    resizes: bool = False
    """Whether it changes sizes, so that an error behind it counts, though nothing was known there before."""
    doubtful: bool = False
    """Whether the text may be right and something else wrong: such a change is never certain."""


def replacement(place: Place, text: str, title: str = "", **kind: bool) -> Candidate:
    """Another text in the place of one."""
    return Candidate((Edit(place, text),), title or f"write `{short(text)}`", **kind)


def short(text: str, most: int = 60) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def insertion(source: Source, offset: int, text: str) -> Edit:
    """A text put in."""
    return Edit(source.place(offset, offset), text)


# Values as text


def flow_text(node: Node) -> str:
    """A node on one line, its numbers and texts as they are written."""
    if isinstance(node, Scalar):
        written = node.place.text
        one_line = node.place.line == node.place.end_line
        return written if one_line and written else scalar_text(node.value)
    if isinstance(node, Sequence):
        return f"[{', '.join(map(flow_text, node.items))}]"
    return f"{{{', '.join(map(entry_text, node.entries.values()))}}}"


def entry_text(entry: tuple[Scalar, Node]) -> str:
    """`key: value`; a key alone where it has no value."""
    key, value = entry
    empty = isinstance(value, Scalar) and value.value is None and not value.text
    return flow_text(key) if empty else f"{flow_text(key)}: {flow_text(value)}"


def scalar_text(value: object) -> str:
    """A value as YAML, on one line; a text is in quotes only where it needs them."""
    if not isinstance(value, str):
        return yaml_text(value)
    plain = value and value == value.strip() and not _SPECIAL.intersection(value)
    plain = plain and ": " not in value and not value.endswith(":") and scalar_value(value) is value
    return value if plain else "'" + value.replace("'", "''") + "'"


# Entries of mappings


def is_flow(collection: Mapping | Sequence) -> bool:
    """Whether it is written in braces or brackets."""
    return collection.place.text[:1] in {"{", "["}


def without_entries(mapping: Mapping, keys: Iterable[str]) -> tuple[Edit, ...] | None:
    """Take entries out; None where none would be left, or where they share a line with others that stay."""
    gone = set(keys)
    entries = list(mapping.entries.items())
    if len(gone) >= len(entries):
        return None
    spans = [_span(entry) for _, entry in entries]
    source = mapping.place.source
    edits = []
    for index, (key, _) in enumerate(entries):
        if key not in gone:
            continue
        start, end = spans[index]
        if is_flow(mapping):
            later = [i for i in range(index + 1, len(entries)) if entries[i][0] not in gone]
            if later:
                end = spans[index + 1][0]
            else:
                # Nothing stays behind it: the comma before goes with it.
                start, end = _behind_previous(spans, index), spans[index][1]
        else:
            found = _whole_lines(source, start, end)
            if found is None:
                return None
            start, end = found
        edits.append(Edit(source.place(start, end), ""))
    return tuple(_merged(source, edits))


def _behind_previous(spans: list[tuple[int, int]], index: int) -> int:
    return spans[index - 1][1] if index else spans[index][0]


def _merged(source: Source, edits: list[Edit]) -> Iterator[Edit]:
    """Removals that touch or overlap become one."""
    spans: list[list[int]] = []
    for edit in sorted(edits, key=lambda edit: edit.place.start):
        if spans and edit.place.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], edit.place.end)
        else:
            spans.append([edit.place.start, edit.place.end])
    for start, end in spans:
        yield Edit(source.place(start, end), "")


def with_entry(mapping: Mapping, text: str) -> Edit:
    """Put an entry in, at the end."""
    place = mapping.place
    source = place.source
    if not is_flow(mapping):
        first = next(iter(mapping.entries.values())).key.place
        end = _line_end(source, place.end)
        if first.line == place.end_line and _within_flow(source, place):
            return Edit(place, f"{{{place.text}, {text}}}")
        return insertion(source, end, f"{_newline(source)}{' ' * (first.column - 1)}{text}")
    inside = place.text[1:-1]
    comma = ", " if inside.strip().rstrip(",") else ""
    end = place.end - 1 - (len(inside) - len(inside.rstrip(" ,")))
    return insertion(source, end, f"{comma}{text}")


def _within_flow(source: Source, place: Place) -> bool:
    """Whether what is written without braces stands within brackets: `[conv: 3]`."""
    before = source.text[source.offset(place.line, 1) : place.start]
    return before.count("[") > before.count("]") or before.count("{") > before.count("}")


def _span(entry: tuple[Scalar, Node]) -> tuple[int, int]:
    key, value = entry
    return key.place.start, max(key.place.end, value.place.end)


def _whole_lines(source: Source, start: int, end: int) -> tuple[int, int] | None:
    """From the start of the first line to the start of the one behind; None where something else stands there."""
    first = source.place(start, start).line
    begin = source.offset(first, 1)
    if source.text[begin:start].strip():
        return None
    return begin, _line_end(source, end, with_break=True)


def _line_end(source: Source, offset: int, *, with_break: bool = False) -> int:
    found = LINE_BREAK.search(source.text, offset)
    if found is None:
        return len(source.text)
    return found.end() if with_break else found.start()


def _newline(source: Source) -> str:
    found = LINE_BREAK.search(source.text)
    return found[0] if found else "\n"


# Items of lists


def without_item(items: Sequence, index: int) -> tuple[Edit, ...] | None:
    """Take an item out; None where it is the only one."""
    if len(items.items) < 2:  # noqa: PLR2004 -- one is left
        return None
    source, place = items.place.source, items.items[index].place
    if is_flow(items):
        if index + 1 < len(items.items):
            start, end = place.start, items.items[index + 1].place.start
        else:
            start, end = items.items[index - 1].place.end, place.end
        return (Edit(source.place(start, end), ""),)
    dash = _dash(source, place.start)
    found = _whole_lines(source, dash, place.end) if dash is not None else None
    return (Edit(source.place(*found), ""),) if found else None


def item_before(items: Sequence, index: int, text: str) -> Edit | None:
    """Put an item in before another."""
    source, place = items.place.source, items.items[index].place
    if is_flow(items):
        return insertion(source, place.start, f"{text}, ")
    dash = _dash(source, place.start)
    if dash is None:
        return None
    column = source.place(dash, dash).column
    start = source.offset(source.place(dash, dash).line, 1)
    if source.text[start:dash].strip():
        return insertion(source, dash, f"- {text}{_newline(source)}{' ' * (column - 1)}")
    return insertion(source, start, f"{source.text[start:dash]}- {text}{_newline(source)}")


def item_after(items: Sequence, index: int, text: str) -> Edit | None:
    """Put an item in behind another."""
    source, place = items.place.source, items.items[index].place
    if is_flow(items):
        return insertion(source, place.end, f", {text}")
    dash = _dash(source, place.start)
    if dash is None:
        return None
    column = source.place(dash, dash).column
    end = _line_end(source, place.end)
    return insertion(source, end, f"{_newline(source)}{' ' * (column - 1)}- {text}")


def _dash(source: Source, start: int) -> int | None:
    """Where the dash of an item stands that begins at an offset; None where it is on another line."""
    line = source.offset(source.place(start, start).line, 1)
    before = source.text[line:start]
    dash = before.rstrip(" ").rfind("-")
    return line + dash if dash >= 0 and not before[dash + 1 :].strip() else None
