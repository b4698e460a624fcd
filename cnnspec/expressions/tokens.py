"""From text to tokens; a character that begins no token is an error, with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.core.plain_values import shorten
from cnnspec.expressions.errors import syntax_error
from cnnspec.expressions.other_languages import unknown_symbol
from cnnspec.expressions.variables import IDENTIFIER

OPERATOR_WORDS = frozenset({"and", "or", "not", "if", "else"})
CONSTANTS = {"true": True, "false": False, "null": None}

_TOKEN = re.compile(
    rf"""
    \$(?P<variable>{IDENTIFIER})
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<text>'[^']*'|"[^"]*")
  | (?P<word>{IDENTIFIER}(?:\.\w+)*)
  | (?P<foreign>\*\*|===|!==|<>|<<|>>|=>|->|:=|&&|\|\||\$\$|\$\(|\$\{{)
  | (?P<operator>//|[=!<>]=|[-+*/%<>(),])
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_KEY = re.compile(r"\w+")
_ENDS_NUMBER = re.compile(r"(?![\w.])")
_NUMBER_LIKE = re.compile(r"[\w.]+")
_NOT_PLAIN = re.compile(r"\$\$|[$\\]")
_WITHIN_QUOTES = {
    "$": ("A `$` inside quotes fills nothing in.", "Write the variable outside; a dollar sign is `$$`."),
    "\\": ("A backslash inside quotes.", "It escapes nothing: put quotes into the other kind of quotes."),
}


class Token(NamedTuple):
    """A piece of an expression.

    `kind` is variable, index (the dot before a key), key, number, text, constant, word, operator or end.
    `text` is what it says, without a variable's dollar or a text's quotes.
    """

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on.

    Raises ExpressionError `expression-syntax` when it comes to a character that begins none.
    """
    token = Token("end", "", start, start)
    while (position := _skip_space(text, token.end)) < len(text):
        token = _index(text, position, token) or _plain(text, position)
        yield token


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _index(text: str, position: int, previous: Token) -> Token | None:
    """A dot or a key that stands close to what it indexes: `$a.0.1` is two indexes and no number."""
    if position > previous.end:
        return None
    closes = previous.kind in {"variable", "key"} or previous[:2] == ("operator", ")")
    if closes and text[position] == ".":
        return Token("index", ".", position, position + 1)
    if previous.kind == "index" and (match := _KEY.match(text, position)):
        return Token("key", match[0], position, match.end())
    return None


def _plain(text: str, position: int) -> Token:
    match = _TOKEN.match(text, position)
    if match is None or match.lastgroup in {None, "foreign"}:
        raise unknown_symbol(text, position, match[0] if match else text[position])
    kind, start, end = str(match.lastgroup), match.start(), match.end()
    if kind == "number":
        _require_end_of_number(text, start, end)
    elif kind == "text":
        return Token(kind, _unquote(text, start, end), start, end)
    elif kind == "word":
        kind = _kind_of_word(text, match[0], start, end)
    return Token(kind, match[kind] if kind == "variable" else match[0], start, end)


def _kind_of_word(text: str, word: str, start: int, end: int) -> str:
    if word in OPERATOR_WORDS:
        return "operator"
    if word in CONSTANTS:
        return "constant"
    if text[end : end + 1] in {"'", '"'}:
        message = f"`{shorten(word)}` stands right before a quote."
        hint = 'A text has no prefix, and a quote in it takes the other kind around it: "it\'s".'
        raise syntax_error(message, hint, start, end)
    return "word"


def _require_end_of_number(text: str, start: int, end: int) -> None:
    if _ENDS_NUMBER.match(text, end):
        return
    match = _NUMBER_LIKE.match(text, start)
    end = match.end() if match else end
    hint = "Numbers are decimal: 12, 0.5, 1e-3."
    raise syntax_error(f"`{shorten(text[start:end])}` is not a number.", hint, start, end)


def _unquote(text: str, start: int, end: int) -> str:
    """The text between the quotes, in which `$$` is a dollar sign and nothing is filled in."""
    for match in _NOT_PLAIN.finditer(text, start, end):
        if match[0] != "$$":
            message, hint = _WITHIN_QUOTES[match[0]]
            raise syntax_error(message, hint, match.start(), match.end())
    return text[start + 1 : end - 1].replace("$$", "$")
