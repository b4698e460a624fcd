"""Diagnostics for what is YAML, but not allowed in a spec: keys, aliases, tags, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnnspec.core.diagnostic import Diagnostic, Place, Related, Source
from cnnspec.core.plain_values import shorten
from cnnspec.core.suggest import nearest
from cnnspec.reader.encoding import place_at

_DIRECTIVE = re.compile("[\n\r\x85\u2028\u2029]%")
_TAG = re.compile(r"(?:&[\w-]*\s+)?(!(?:<[^>\s]*>|[^\s,\[\]{}]*))")


class ReadError(Exception):
    """A mistake after which the rest of the text can't be read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def too_deep(place: Place, most: int) -> Diagnostic:
    """A list or mapping within too many others."""
    message = f"lists and mappings are nested more than {most} levels deep here"
    return Diagnostic("too-deep", message, place, "Move what is inside to a block under `blocks`.")


def too_many_nodes(place: Place, most: int) -> Diagnostic:
    """Too many keys and values, aliases expanded."""
    message = f"the text passes {most:,} keys and values here, counting what aliases repeat"
    hint = "Say what repeats once: with `repeat`, or as a block under `blocks`."
    return Diagnostic("too-many-nodes", message, place, hint)


def several_documents(place: Place) -> Diagnostic:
    """`---` or a directive after the spec."""
    hint = "Keep one spec in a file; for versions of one network use `variants`."
    return Diagnostic("several-documents", "a second YAML document begins here", place, hint)


def empty_spec(place: Place) -> Diagnostic:
    """Nothing but blanks and comments."""
    hint = "Write at least `input: [1, 28, 28]` and `layers: [flatten, linear: 10]`."
    return Diagnostic("empty-spec", "the spec is empty", place, hint)


def duplicate_key(place: Place, key: str, first: Place) -> Diagnostic:
    """A key that its mapping has already."""
    message = f"`{shorten(key)}` is in this mapping twice"
    hint = f"Keep one of the two; the first is in line {first.line}."
    return Diagnostic("duplicate-key", message, place, hint, related=(Related(first, "the first"),))


def complex_key(place: Place) -> Diagnostic:
    """A key that is a list, a mapping or empty."""
    return Diagnostic(
        "complex-key", "A key must be a text", place, 'Write `key: value`; `"": value` if it is empty.'
    )


def merge_key(place: Place) -> Diagnostic:
    """`<<`, which YAML 1.2 no longer has."""
    hint = "Put the shared value under `vars:` and write `$name` where it belongs, or make it a block."
    return Diagnostic("merge-key", "`<<` merges nothing in YAML 1.2", place, hint)


def recursive_alias(name: str, place: Place, anchor: Place) -> Diagnostic:
    """An alias within the node that it stands for."""
    message = f"`*{shorten(name)}` stands inside of what it stands for"
    hint = "Nothing can contain itself; write the part that repeats once, with `repeat` or as a block."
    related = (Related(anchor, f"`&{shorten(name)}` is marked here"),)
    return Diagnostic("recursive-alias", message, place, hint, related=related)


def unknown_alias(name: str, place: Place, known: Iterable[str]) -> Diagnostic:
    """An alias whose anchor doesn't stand before it."""
    name = shorten(name)
    message = f"no `&{name}` stands before `*{name}`"
    resembling = nearest(name, known)
    usual = f"A variable is written `${name}`; for the text write quotes around it."
    hint = f"Did you mean `*{shorten(resembling)}`?" if resembling else usual
    return Diagnostic("unknown-alias", message, place, hint)


def tag(place: Place, resolved: str) -> Diagnostic:
    """Any `!tag`: none is needed, and none builds an object."""
    written = _TAG.match(place.source.line(place.line), place.column - 1)
    name = shorten(written[1] if written else resolved)
    if written:
        place = place._replace(end_line=place.line, end_column=written.end() + 1)
    hint = "Remove it; for a text put the value in quotes."
    return Diagnostic("tag-not-allowed", f"the tag `{name}` is not part of the language", place, hint)


def number_too_large(place: Place, text: str) -> Diagnostic:
    """A number beyond what torch can hold."""
    message = f"the number {shorten(text)} is too large to compute with ({len(text):,} characters)"
    hint = "Whole numbers stay below 2**63, others below 1.8e308; in quotes it is a text."
    return Diagnostic("number-too-large", message, place, hint)


def directive_after(source: Source, index: int) -> Place | None:
    """The first line at or after `index` that begins with `%`; None where there is none."""
    found = _DIRECTIVE.search(source.text, max(index - 1, 0))
    return place_at(source, found.start() + 1) if found else None
