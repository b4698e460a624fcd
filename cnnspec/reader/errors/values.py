"""Rules on what a value may look like, from its first character to the space behind a colon."""

from __future__ import annotations

import re

from cnnspec.core.diagnostic import Place
from cnnspec.reader.errors.context import Fault, Finding
from cnnspec.reader.errors.structure import shorten

_VALUE = re.compile(r"[^\s,\]}#][^,\]}#]*")
_GLUED = re.compile(r"([\w.-]+):([^\s:/].*)")


def tag(fault: Fault) -> Finding | None:
    """`!tag`, malformed or of a handle that is declared nowhere."""
    if "a tag" not in fault.context and "tag handle" not in fault.problem:
        return None
    message = "a `!` at the start of a value is a tag of YAML, which is not part of the language"
    hint = "Remove it; for a text put the value in quotes."
    return Finding(message, hint, fault.opening, code="tag-not-allowed")


def directive(fault: Fault) -> Finding | None:
    """`%` in the first column."""
    if "a directive" not in fault.context:
        return None
    message = "a line that begins with `%` is a directive of YAML, which only begins a document"
    return Finding(
        message, "Indent the line, or put the text in quotes.", fault.opening, code="several-documents"
    )


def tab(fault: Fault) -> Finding | None:
    """A tab where indentation is."""
    if fault.character != "\t" and " tab " not in fault.problem:
        return None
    return Finding("a tab can't indent in YAML", "Indent with spaces, two for a level.")


def quotes(fault: Fault) -> Finding | None:
    """A quote that is never closed, or an escape that is none."""
    if not fault.context.endswith("quoted scalar"):
        return None
    quote = fault.opener
    if fault.context.endswith("a quoted scalar") and "unexpected" in fault.problem:
        message = f"the quote {quote} that opens here is never closed"
        hint = (
            "Within '…' an apostrophe is written twice: ''." if quote == "'" else 'Within "…" a quote is \\".'
        )
        return Finding(message, f"Close it where the text ends. {hint}", fault.opening)
    message = "between double quotes `\\` begins an escape (`\\n`, `\\\\`), and this one isn't known"
    return Finding(message, "Write `\\\\` for a backslash, or use single quotes.")


def anchor(fault: Fault) -> Finding | None:
    """`&` or `*` without a name."""
    if not fault.context.endswith(("an anchor", "an alias")):
        return None
    message = f"`{fault.opener}` at the start of a value needs a name of letters and digits behind it"
    return Finding(message, _quote(fault))


def first_character(fault: Fault) -> Finding | None:
    """A value that begins with a character which YAML keeps for itself."""
    if "cannot start any token" not in fault.problem and "mapping keys" not in fault.problem:
        return None
    return Finding(f"an unquoted value can't begin with `{fault.character}`", _quote(fault))


def _quote(fault: Fault) -> str:
    place = fault.opening if fault.opening and fault.opening.line == fault.place.line else fault.place
    value = _VALUE.match(fault.line, place.column - 1)
    word = shorten(value[0] if value else fault.character).replace("\\", "\\\\").replace('"', '\\"')
    return f'Put it in quotes: "{word}".'


def block_text(fault: Fault) -> Finding | None:
    """Something on the line of `|` or `>`."""
    if "block scalar" not in fault.context:
        return None
    message = "after `|` or `>` the text begins on the next line, indented with spaces"
    return Finding(message, "Begin a new line, or put the text in quotes.")


def colon_without_space(fault: Fault) -> Finding | None:
    """`out_channels:5`."""
    if "unexpected ':'" in fault.problem:
        return Finding(
            "a space is missing behind a colon", "Write `key: value`, with a space.", fault.opening
        )
    start = fault.opening if "simple key" in fault.context else start_of_text(fault)
    glued = _GLUED.match(fault.source.line(start.line), start.column - 1) if start else None
    if not glued or not start:
        return None
    place = start._replace(end_line=start.line, end_column=glued.end(1) + 2)
    hint = f"Write `{shorten(glued[1])}: {shorten(glued[2])}`."
    return Finding("a space is missing behind the colon", hint, place)


def start_of_text(fault: Fault) -> Place | None:
    """Where an unquoted text begins that swallowed the lines up to here."""
    if fault.last is None or not hasattr(fault.last, "value") or fault.last.style:
        return None
    start = fault.last.start_mark
    return (
        Place(fault.source, start.line + 1, start.column + 1) if start.line + 1 < fault.place.line else None
    )
