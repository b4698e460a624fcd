"""What the reader of YAML says of structures that are YAML, but of no use in a spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Diagnostic, Related
from cnnspec.core.suggest import nearest
from cnnspec.reader.encoding import place_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.core.diagnostic import Place, Source

_SHOWN = 40
_DIRECTIVE = re.compile("[\n\r\x85\u2028\u2029]%")
_TAG = re.compile(r"(?:&[\w-]*\s+)?(!(?:<[^>\s]*>|[^\s,\[\]{}]*))")


class Stop(Exception):  # noqa: N818 -- a verdict on the text, no fault of the program
    """Reading can't go on after this."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def shorten(text: str) -> str:
    """The text as one line, cut where it would fill the screen."""
    # Cut first: an alias can bring the same long text up again and again.
    line = " ".join(text[: 2 * _SHOWN].split())
    return line if len(line) <= _SHOWN and len(text) <= 2 * _SHOWN else f"{line[: _SHOWN - 1]}…"


def too_deep(place: Place, most: int) -> Diagnostic:
    """Stop: a list or mapping within too many others."""
    message = f"lists and mappings are nested more than {most} levels deep here"
    return Diagnostic("too-deep", message, place, "Move what is inside to a block under `blocks`.")


def too_many_nodes(place: Place, most: int) -> Diagnostic:
    """Stop: too many keys and values, aliases expanded."""
    message = f"the text passes {most:,} keys and values here, counting what aliases repeat"
    hint = "Say what repeats once: with `repeat`, or as a block under `blocks`."
    return Diagnostic("too-many-nodes", message, place, hint)


def several_documents(place: Place) -> Diagnostic:
    """Stop: `---` or a directive after the spec."""
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
    """A list, a mapping or nothing at all where a key's text belongs."""
    return Diagnostic(
        "complex-key", "A key must be a text", place, 'Write `key: value`; `"": value` if it is empty.'
    )


def merge_key(place: Place) -> Diagnostic:
    """`<<`, which YAML 1.2 no longer has."""
    hint = "Put the shared value under `vars:` and write `$name` where it belongs, or make it a block."
    return Diagnostic("merge-key", "`<<` merges nothing in YAML 1.2", place, hint)


def recursive_alias(name: str, place: Place, anchor: Place) -> Diagnostic:
    """An alias inside of what it stands for."""
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
    """Where a line begins with `%` at or after `index`."""
    found = _DIRECTIVE.search(source.text, max(index - 1, 0))
    return place_at(source, found.start() + 1) if found else None
