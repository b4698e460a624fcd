"""A text that is no YAML: where, why, and what to write instead, in the user's own words.

libyaml and its twin word their errors differently; what both of them name is the context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Diagnostic, Place, Related
from cnnspec.reader.errors import indentation, values
from cnnspec.reader.errors.context import Fault, Finding
from cnnspec.reader.errors.expressions import expression
from cnnspec.reader.errors.structure import shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.error import MarkedYAMLError

    from cnnspec.core.diagnostic import Source
    from cnnspec.reader.events import Event

_CLOSERS = {"[": "]", "{": "}"}


def explain(source: Source, error: MarkedYAMLError, last: Event | None) -> Diagnostic:
    """The diagnostic for a parser's error; `last` is the event that came before it."""
    fault = Fault(source, error, last)
    found = next(finding for rule in _RULES if (finding := rule(fault)))
    place = found.place or fault.place
    return Diagnostic(found.code, found.message, place, found.hint, related=found.related)


_UNCOLONED = re.compile(r"\s*(?:- +)*([A-Za-z_]\w*)(:?) ?([{(\[])")


def _opened_at_once(fault: Fault) -> Finding | None:
    """`conv {…}` and `conv:{…}`: what is missing is told where the bracket opens."""
    found = _UNCOLONED.match(fault.line)
    if found is None or (found[2] and fault.line[found.end(2) : found.end(2) + 1] == " "):
        return None
    name, colon, _ = found.groups()
    what = "a space is missing after the colon" if colon else f"a colon is missing after {name}"
    place = fault.place._replace(
        column=found.end(1) + 1, end_column=found.end(1) + 2, end_line=fault.place.line
    )
    return Finding(what, f"Write `{name}: {{…}}`.", place)


def _no_key(fault: Fault) -> Finding | None:
    if "simple key" not in fault.context or fault.opening is None:
        return None
    text = fault.source.line(fault.opening.line)[fault.opening.column - 1 :]
    hint = "Write `key: value`, or `- value` if it is an item of a list."
    return Finding(f"`{shorten(text)}` stands where a key belongs, and has no colon", hint, fault.opening)


def _beneath_item(fault: Fault) -> Finding | None:
    hint = indentation.beneath_item(fault.source, fault.place.line)
    if not hint or fault.context.startswith("while parsing a flow"):
        return None
    key = shorten(indentation.key_of(fault.line))
    message = f"`{key}` is indented beneath an item that is complete without it"
    return Finding(message, hint, indentation.start_of(fault.source, fault.place.line))


def _keyless_colon(fault: Fault) -> Finding | None:
    first = not fault.line[: fault.place.column - 1].strip(" -")
    if fault.character != ":" or not (first or "node content" in fault.problem):
        return None
    return Finding("a colon stands where a key belongs", "Write the key before it: `key: value`.")


def _bracket(fault: Fault) -> Finding | None:
    bracket, opening = fault.opener, fault.opening
    if not fault.context.startswith("while parsing a flow") or bracket not in _CLOSERS or opening is None:
        return None
    closer = _CLOSERS[bracket]
    related = (Related(opening, f"`{bracket}` opens here"),)
    if fault.character in _CLOSERS.values():
        message = f"`{fault.character}` closes nothing here: `{bracket}` is still open"
        return Finding(message, f"Write `{closer}` first.", related=related)
    if opening.line != fault.place.line or not fault.character:
        message = f"the `{bracket}` of line {opening.line} is not closed"
        return Finding(message, f"Write `{closer}` where it ends.", related=related)
    message = f"within `{bracket}{closer}` a `,` or `{closer}` belongs before this"
    return Finding(
        message, f"Separate entries with commas; quote a text that holds `: ` or `{closer}`.", related=related
    )


def _content(fault: Fault) -> Finding | None:
    if "node content" not in fault.problem:
        return None
    if fault.character == ",":
        return Finding("nothing stands before this comma", "Remove the comma, or write `null`.")
    if fault.character == "-":
        return Finding("within brackets items have no dash", "Write `[a, b]`, or close the bracket before.")
    if not fault.character.strip("\0"):
        return Finding("the text ends where a value belongs", "Write it, or close what is open.")
    return Finding(f"`{fault.character}` stands where a value belongs", "Remove it, or put it in quotes.")


def _dash(fault: Fault) -> Finding | None:
    if "sequence entries" not in fault.problem:
        return None
    return Finding(
        "A list with dashes begins on a line of its own", "Begin a new line before `-`, or write `[…]`."
    )


def _second_colon(fault: Fault) -> Finding | None:
    if "not allowed" not in fault.problem:
        return None
    if start := values.start_of_text(fault):
        return _level(fault, start)
    return Finding("a line can hold one `key: value`", indentation.in_braces(fault.line))


def _indentation(fault: Fault) -> Finding | None:
    if "a block" not in fault.context or fault.opening is None:
        return None
    if fault.line[: fault.place.column - 1].strip():
        word = shorten(fault.line[fault.place.column - 1 :])
        hint = "Remove it, or put the whole value in quotes: double ones around an apostrophe."
        return Finding(f"`{word}` follows a value that has ended", hint)
    return _level(fault, fault.opening)


def _level(fault: Fault, around: Place) -> Finding:
    message, hint = indentation.indented(fault.source, fault.place.line, around)
    return Finding(message, hint, indentation.start_of(fault.source, fault.place.line))


def _rest(fault: Fault) -> Finding:
    if "document start" in fault.problem:
        message = "the spec has ended before this"
        return Finding(message, "A spec is one mapping: `key: value` lines that begin in column 1.")
    return Finding(f"The text is no YAML here: {fault.problem}", "Put the value in quotes if it is a text.")


_RULES: tuple[Callable[[Fault], Finding | None], ...] = (
    values.tag,
    values.directive,
    values.tab,
    values.quotes,
    values.anchor,
    values.first_character,
    values.block_text,
    _opened_at_once,
    _beneath_item,
    _keyless_colon,
    values.colon_without_space,
    _no_key,
    expression,
    _bracket,
    _content,
    _dash,
    _second_colon,
    _indentation,
    _rest,
)
