"""From texts to values. A text is parsed once: the same few texts are evaluated thousands of times."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cnnspec.core.plain_values import Plain
from cnnspec.expressions.errors import (
    IT,
    ExpressionError,
    describe,
    syntax_error,
    unknown_variable,
    unknown_variable_of_name,
)
from cnnspec.expressions.expression import Closure, variable
from cnnspec.expressions.limits import MAX_TEXT, is_number, result
from cnnspec.expressions.parser import parse
from cnnspec.expressions.syntax_errors import never_closed, with_own_words
from cnnspec.expressions.tokens import Token, tokenize
from cnnspec.expressions.variables import IDENTIFIER, Variables

_CACHE_SIZE = 4_096
_PIECE = re.compile(rf"(?P<plain>[^$]+)|(?P<dollar>\$\$)|(?P<variable>\${IDENTIFIER})|(?P<group>\$\()|\$")
_DEPTH = {("operator", "("): 1, ("operator", ")"): -1}
_LONE_DOLLAR = (
    "A dollar sign is `$$`; a variable is `$name` or `$(expression)`, and a name starts with a letter."
)


class Placeholder(NamedTuple):
    """`$name` or `$(expression)` in a name: how to compute it, and where it stands."""

    run: Closure
    start: int
    end: int


Piece = str | Placeholder


def evaluate(text: str, variables: Variables) -> Plain:
    """The value of a scalar's text: just `$name` gives the variable's value, unchanged.

    Raises ExpressionError. A variable must exist even in the half of a choice that isn't taken.
    """
    try:
        return _value(text)(variables)
    except ExpressionError as error:
        raise with_own_words(error, text, variables) from None


def fill(text: str, variables: Variables) -> str:
    """A name with its `$name` and `$(expression)` filled in, by texts and numbers.

    Raises ExpressionError.
    """
    if "$" not in text:
        return text
    _require_short(text)
    try:
        pieces = _name(text)
        name = "".join(piece if isinstance(piece, str) else _filled(piece, variables) for piece in pieces)
    except ExpressionError as error:
        raise with_own_words(error, text, variables) from None
    if len(name) > MAX_TEXT:
        raise _too_long(f"The name has {len(name)} characters", 0, len(text))
    return name


def _require_short(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise _too_long(f"The expression has {len(text)} characters", MAX_TEXT, len(text))


def _too_long(message: str, start: int, end: int) -> ExpressionError:
    hint = "Compute parts of it in `vars`."
    return ExpressionError("too-long", f"{message}; at most {MAX_TEXT} are allowed.", hint, start, end)


# A value: all of the text is one expression


@lru_cache(_CACHE_SIZE)
def _value(text: str) -> Closure:
    """The closure of a whole scalar."""
    if "$" in text:
        _require_short(text)
    if "$" not in text.replace("$$", ""):
        with_dollars = text.replace("$$", "$")
        return lambda _: with_dollars
    tokens = list(tokenize(text))
    last = tokens[-1]
    return _checked(tokens, Token("end", "", last.start, last.end))


def _checked(tokens: list[Token], end: Token) -> Closure:
    """The closure of an expression that first looks whether all its variables exist."""
    run = parse(tokens, end).run
    first_use: dict[str, Token] = {}
    for token in tokens:
        if token.kind == "variable":
            first_use.setdefault(token.text, token)
    if len(tokens) == 1:
        return run
    names = tuple(first_use)

    def checked(variables: Variables) -> Plain:
        try:
            list(map(variables.__getitem__, names))
        except KeyError:
            missing = first_use[next(name for name in names if name not in variables)]
            raise unknown_variable(missing.text, variables, missing.start, missing.end) from None
        return run(variables)

    return checked


# A name: plain text with placeholders


@lru_cache(_CACHE_SIZE)
def _name(text: str) -> tuple[Piece, ...]:
    """The pieces of a name."""
    pieces: list[Piece] = []
    position = 0
    while match := _PIECE.match(text, position):
        piece, position = _piece(text, match)
        pieces.append(piece)
    return tuple(pieces)


def _piece(text: str, match: re.Match[str]) -> tuple[Piece, int]:
    """A piece, and where the next one begins."""
    start, end = match.span()
    if match.lastgroup == "plain":
        return match[0], end
    if match.lastgroup == "dollar":
        return "$", end
    if match.lastgroup == "variable":
        token = Token("variable", match[0][1:], start, end)
        return Placeholder(_variable_of_name(token), start, end), end
    if match.lastgroup == "group":
        return _group(text, start)
    raise syntax_error("This `$` starts no variable.", _LONE_DOLLAR, start, end)


def _variable_of_name(token: Token) -> Closure:
    run = variable(token).run

    def checked(variables: Variables) -> Plain:
        if token.text not in variables:
            raise unknown_variable_of_name(token.text, variables, token.start, token.end)
        return run(variables)

    return checked


def _group(text: str, start: int) -> tuple[Piece, int]:
    """`$(expression)`, up to the parenthesis that closes it."""
    tokens: list[Token] = []
    depth = 1
    for token in tokenize(text, start + 2):
        depth += _DEPTH.get(token[:2], 0)
        if not depth:
            run = _checked(tokens, token._replace(kind="end"))
            return Placeholder(run, start, token.end), token.end
        tokens.append(token)
    raise never_closed(start, start + 2)


def _filled(placeholder: Placeholder, variables: Variables) -> str:
    """The text in a placeholder's stead: a text, or a number's digits.

    Raises ExpressionError `wrong-operand` for anything else.
    """
    value = placeholder.run(variables)
    if isinstance(value, str):
        return value
    if is_number(value):
        return str(result(value, placeholder.start, placeholder.end))
    message = f"A name is filled with texts and numbers, not with {describe(value)}."
    hint = "Choose a text: `$('a' if $x else 'b')`."
    if isinstance(value, list | dict):
        hint = f"Take one of its elements: `$({IT}.0)`."
    raise ExpressionError("wrong-operand", message, hint, placeholder.start, placeholder.end)
