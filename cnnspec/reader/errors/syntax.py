"""A text that is no YAML: where, why, and what to write instead.

Each rule looks at where the parser stopped and either explains it or leaves it to the next rule of `_RULES`.
libyaml and PyYAML's own parser word their problems differently; the contexts have the same names in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from yaml.error import Mark, MarkedYAMLError

from cnnspec.core.diagnostic import Diagnostic, Place, Related, Source
from cnnspec.core.plain_values import shorten
from cnnspec.expressions.errors import ExpressionError
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.expressions.syntax_errors import keyword
from cnnspec.expressions.tokens import tokenize
from cnnspec.reader.errors import indentation

_BLANKS = " \r\n\x85\u2028\u2029"
_WORD = re.compile(r"[\w.$-]+|.")
_CLOSERS = {"[": "]", "{": "}"}


class Failure:
    """Where a parser stopped and why, with the construct that it was in: its name and where it began."""

    def __init__(self, source: Source, error: MarkedYAMLError, last_text: Place | None) -> None:
        self.source = source
        self.context = error.context or ""
        self.problem = error.problem or ""
        self.last_text = last_text
        """Where the last thing before it stands, if that is an unquoted text."""
        self.place = self._word_at(error.problem_mark)
        self.opening = self._word_at(error.context_mark) if error.context_mark else None

    def _word_at(self, mark: Mark | None) -> Place:
        # A tab counts as text: it may be what is wrong.
        if mark is None or mark.index >= len(self.source.text.rstrip(_BLANKS)):
            return indentation.end_of(self.source)
        line = self.source.line(mark.line + 1)
        word = _WORD.match(line, mark.column)
        end = word.end() if word else mark.column
        return Place(self.source, mark.line + 1, mark.column + 1, mark.line + 1, end + 1)

    @property
    def line(self) -> str:
        """The line where the parser stopped."""
        return self.source.line(self.place.line)

    @property
    def character(self) -> str:
        """The character where the parser stopped; empty at the end of a line or of the text."""
        return self.line[self.place.column - 1 : self.place.column]

    @property
    def opener(self) -> str:
        """The first character of the construct, as a quote or a bracket; empty where none is known."""
        if self.opening is None:
            return ""
        return self.source.line(self.opening.line)[self.opening.column - 1 : self.opening.column]


class Explanation(NamedTuple):
    """A rule's message and hint; without a place it is about where the parser stopped."""

    message: str
    hint: str
    place: Place | None = None
    related: tuple[Related, ...] = ()
    code: str = "yaml-syntax"


def explain(source: Source, error: MarkedYAMLError, last_text: Place | None) -> Diagnostic:
    """The diagnostic for a parser's error; `last_text` is the unquoted text right before it, if one is."""
    failure = Failure(source, error, last_text)
    found = next(explanation for rule in _RULES if (explanation := rule(failure)))
    place = found.place or failure.place
    return Diagnostic(found.code, found.message, place, found.hint, related=found.related)


# Characters that mean something to YAML


def _tag(failure: Failure) -> Explanation | None:
    """`!tag`, malformed or with a handle that is declared nowhere."""
    if "a tag" not in failure.context and "tag handle" not in failure.problem:
        return None
    message = "a `!` at the start of a value is a tag of YAML, which is not part of the language"
    hint = "Remove it; for a text put the value in quotes."
    return Explanation(message, hint, failure.opening, code="tag-not-allowed")


def _directive(failure: Failure) -> Explanation | None:
    """`%` in the first column."""
    if "a directive" not in failure.context:
        return None
    message = "a line that begins with `%` is a directive of YAML, which only begins a document"
    hint = "Indent the line, or put the text in quotes."
    return Explanation(message, hint, failure.opening, code="several-documents")


def _tab(failure: Failure) -> Explanation | None:
    """A tab as indentation."""
    if failure.character != "\t" and " tab " not in failure.problem:
        return None
    return Explanation("a tab can't indent in YAML", "Indent with spaces, two for a level.")


def _quotes(failure: Failure) -> Explanation | None:
    """A quote that is never closed, or an unknown escape."""
    if not failure.context.endswith("quoted scalar"):
        return None
    quote = failure.opener
    if failure.context.endswith("a quoted scalar") and "unexpected" in failure.problem:
        message = f"the quote {quote} that opens here is never closed"
        hint = (
            "Within '…' an apostrophe is written twice: ''." if quote == "'" else 'Within "…" a quote is \\".'
        )
        return Explanation(message, f"Close it where the text ends. {hint}", failure.opening)
    message = "between double quotes `\\` begins an escape (`\\n`, `\\\\`), and this one isn't known"
    return Explanation(message, "Write `\\\\` for a backslash, or use single quotes.")


def _anchor(failure: Failure) -> Explanation | None:
    """`&` or `*` without a name."""
    if not failure.context.endswith(("an anchor", "an alias")):
        return None
    message = f"`{failure.opener}` at the start of a value needs a name of letters and digits behind it"
    return Explanation(message, _put_in_quotes(failure))


def _first_character(failure: Failure) -> Explanation | None:
    """A value that begins with a character which YAML reserves."""
    if "cannot start any token" not in failure.problem and "mapping keys" not in failure.problem:
        return None
    message = f"an unquoted value can't begin with `{failure.character}`"
    return Explanation(message, _put_in_quotes(failure))


_VALUE = re.compile(r"[^\s,\]}#][^,\]}#]*")


def _put_in_quotes(failure: Failure) -> str:
    opening = failure.opening
    place = opening if opening and opening.line == failure.place.line else failure.place
    value = _VALUE.match(failure.line, place.column - 1)
    word = shorten(value[0] if value else failure.character).replace("\\", "\\\\").replace('"', '\\"')
    return f'Put it in quotes: "{word}".'


def _block_text(failure: Failure) -> Explanation | None:
    """Something on the line of `|` or `>`."""
    if "block scalar" not in failure.context:
        return None
    message = "after `|` or `>` the text begins on the next line, indented with spaces"
    return Explanation(message, "Begin a new line, or put the text in quotes.")


# Colons


_BRACKET_AFTER_NAME = re.compile(r"\s*(?:- +)*([A-Za-z_]\w*)(:?) ?([{(\[])")
_TIGHT_COLON = re.compile(r"([\w.-]+):([^\s:/].*)")


def _no_colon_before_bracket(failure: Failure) -> Explanation | None:
    """`conv {…}` and `conv:{…}`, pointed at where the bracket opens."""
    found = _BRACKET_AFTER_NAME.match(failure.line)
    if found is None or (found[2] and failure.line[found.end(2) : found.end(2) + 1] == " "):
        return None
    name, colon, _ = found.groups()
    message = "a space is missing after the colon" if colon else f"a colon is missing after {name}"
    column = found.end(1) + 1
    place = failure.place._replace(column=column, end_column=column + 1, end_line=failure.place.line)
    return Explanation(message, f"Write `{name}: {{…}}`.", place)


def _no_key_before_colon(failure: Failure) -> Explanation | None:
    """`: b`."""
    first = not failure.line[: failure.place.column - 1].strip(" -")
    if failure.character != ":" or not (first or "node content" in failure.problem):
        return None
    return Explanation("a colon stands where a key belongs", "Write the key before it: `key: value`.")


def _no_space_after_colon(failure: Failure) -> Explanation | None:
    """`out_channels:5`."""
    if "unexpected ':'" in failure.problem:
        hint = "Write `key: value`, with a space."
        return Explanation("a space is missing behind a colon", hint, failure.opening)
    start = failure.opening if "simple key" in failure.context else _multiline_text(failure)
    found = _TIGHT_COLON.match(failure.source.line(start.line), start.column - 1) if start else None
    if not found or not start:
        return None
    place = start._replace(end_line=start.line, end_column=found.end(1) + 2)
    hint = f"Write `{shorten(found[1])}: {shorten(found[2])}`."
    return Explanation("a space is missing behind the colon", hint, place)


def _no_colon_after_key(failure: Failure) -> Explanation | None:
    """A line in a mapping that has no colon."""
    if "simple key" not in failure.context or failure.opening is None:
        return None
    text = failure.source.line(failure.opening.line)[failure.opening.column - 1 :]
    hint = "Write `key: value`, or `- value` if it is an item of a list."
    return Explanation(
        f"`{shorten(text)}` stands where a key belongs, and has no colon", hint, failure.opening
    )


def _second_colon(failure: Failure) -> Explanation | None:
    """`a: b: c`, or a key beneath a text, which makes it one of several lines."""
    if "not allowed" not in failure.problem:
        return None
    if start := _multiline_text(failure):
        return _wrong_level(failure, start)
    return Explanation("a line can hold one `key: value`", indentation.in_braces(failure.line))


def _multiline_text(failure: Failure) -> Place | None:
    """Where an unquoted text begins that goes on into the line where the parser stopped."""
    text = failure.last_text
    return text if text and text.line < failure.place.line else None


# Expressions that YAML can't read


_VALUE_START = re.compile(r"[{\[,]\s*|:\s+|(?:^|\s)-\s+")
_VALUE_END = re.compile(r"[,}]|\s#")
_CHOICE_END = re.compile(r"[,}\]]|\s#")
_FOREIGN_FORMS = ("${", "[", "?")


def _expression(failure: Failure) -> Explanation | None:
    """`${w}`, `$w[0]`, `$w ? 3 : 4` or `$act in ['relu']`: what other languages write and YAML takes for its own."""
    line, stop = failure.line, failure.place.column - 1
    start = max((found.end() for found in _VALUE_START.finditer(line, 0, stop)), default=0)
    end = (_CHOICE_END if failure.character == ":" else _VALUE_END).search(line, stop)
    text = line[start : end.start() if end else len(line)]
    error = _foreign_form(text, stop - start) if "$" in line[start:stop] else None
    if error is None:
        return None
    place = failure.place._replace(column=start + error.start + 1, end_column=start + error.end + 1)
    return Explanation(error.clause, error.hint, place, code="expression-syntax")


def _foreign_form(text: str, stop: int) -> ExpressionError | None:
    """The error for the first form of another language before the character `stop`; None in prose."""
    try:
        for token in tokenize(text):
            if token.kind == "word" and token.text not in FUNCTIONS:
                return keyword(token) if token.text == "in" else None
    except ExpressionError as error:
        return error if error.start <= stop and text.startswith(_FOREIGN_FORMS, error.start) else None
    return None


# Brackets, dashes and indentation


def _bracket(failure: Failure) -> Explanation | None:
    """A bracket that is not closed, or closed by the wrong one; a comma that is missing."""
    bracket, opening = failure.opener, failure.opening
    if not failure.context.startswith("while parsing a flow") or bracket not in _CLOSERS or opening is None:
        return None
    closer = _CLOSERS[bracket]
    related = (Related(opening, f"`{bracket}` opens here"),)
    if failure.character in _CLOSERS.values():
        message = f"`{failure.character}` closes nothing here: `{bracket}` is still open"
        return Explanation(message, f"Write `{closer}` first.", related=related)
    if opening.line != failure.place.line or not failure.character:
        message = f"the `{bracket}` of line {opening.line} is not closed"
        return Explanation(message, f"Write `{closer}` where it ends.", related=related)
    message = f"within `{bracket}{closer}` a `,` or `{closer}` belongs before this"
    hint = f"Separate entries with commas; quote a text that holds `: ` or `{closer}`."
    return Explanation(message, hint, related=related)


def _no_value(failure: Failure) -> Explanation | None:
    """A comma, a dash, a bracket or the end of the text where a value belongs."""
    if "node content" not in failure.problem:
        return None
    if failure.character == ",":
        return Explanation("nothing stands before this comma", "Remove the comma, or write `null`.")
    if failure.character == "-":
        hint = "Write `[a, b]`, or close the bracket before."
        return Explanation("within brackets items have no dash", hint)
    if not failure.character.strip("\0"):
        return Explanation("the text ends where a value belongs", "Write it, or close what is open.")
    message = f"`{failure.character}` stands where a value belongs"
    return Explanation(message, "Remove it, or put it in quotes.")


def _dash(failure: Failure) -> Explanation | None:
    """`a: - b`."""
    if "sequence entries" not in failure.problem:
        return None
    hint = "Begin a new line before `-`, or write `[…]`."
    return Explanation("A list with dashes begins on a line of its own", hint)


def _key_beneath_item(failure: Failure) -> Explanation | None:
    """`name: x` indented beneath `- bn`."""
    hint = indentation.beneath_item(failure.source, failure.place.line)
    if not hint or failure.context.startswith("while parsing a flow"):
        return None
    key = shorten(indentation.key_of(failure.line))
    message = f"`{key}` is indented beneath an item that is complete without it"
    return Explanation(message, hint, indentation.start_of(failure.source, failure.place.line))


def _indentation(failure: Failure) -> Explanation | None:
    """A line, or a word after a value, that fits into no list or mapping that is open."""
    if "a block" not in failure.context or failure.opening is None:
        return None
    if failure.line[: failure.place.column - 1].strip():
        word = shorten(failure.line[failure.place.column - 1 :])
        hint = "Remove it, or put the whole value in quotes: double ones around an apostrophe."
        return Explanation(f"`{word}` follows a value that has ended", hint)
    return _wrong_level(failure, failure.opening)


def _wrong_level(failure: Failure, around: Place) -> Explanation:
    message, hint = indentation.wrong_level(failure.source, failure.place.line, around)
    return Explanation(message, hint, indentation.start_of(failure.source, failure.place.line))


def _anything_else(failure: Failure) -> Explanation:
    if "document start" in failure.problem:
        message = "the spec has ended before this"
        return Explanation(message, "A spec is one mapping: `key: value` lines that begin in column 1.")
    message = f"The text is no YAML here: {failure.problem}"
    return Explanation(message, "Put the value in quotes if it is a text.")


_RULES: tuple[Callable[[Failure], Explanation | None], ...] = (
    _tag,
    _directive,
    _tab,
    _quotes,
    _anchor,
    _first_character,
    _block_text,
    _no_colon_before_bracket,
    _key_beneath_item,
    _no_key_before_colon,
    _no_space_after_colon,
    _no_colon_after_key,
    _expression,
    _bracket,
    _no_value,
    _dash,
    _second_colon,
    _indentation,
    _anything_else,
)
"""In this order: the first rule that explains a failure wins, and the special ones come first."""
