"""From text to something that runs, once: the same few texts are evaluated thousands of times."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cnnspec.expressions.closures import Run, variable
from cnnspec.expressions.messages import IT, ExpressionError, Value, describe, syntax_error
from cnnspec.expressions.parser import parse
from cnnspec.expressions.syntax_errors import never_closed
from cnnspec.expressions.tokens import IDENTIFIER, Token, tokenize
from cnnspec.expressions.values import MAX_TEXT, Scope, is_number, whole
from cnnspec.expressions.variables import unknown_in_name, unknown_variable


class Hole(NamedTuple):
    """What is filled in a name, and where it stands."""

    run: Run
    start: int
    end: int


Piece = str | Hole

_KEPT = 4_096
_PIECE = re.compile(rf"(?P<plain>[^$]+)|(?P<dollar>\$\$)|(?P<variable>\${IDENTIFIER})|(?P<group>\$\()|\$")
_DEPTH = {("operator", "("): 1, ("operator", ")"): -1}
_LONE_DOLLAR = (
    "A dollar sign is `$$`; a variable is `$name` or `$(expression)`, and a name starts with a letter."
)


@lru_cache(_KEPT)
def expression(text: str) -> Run:
    """The code of a whole scalar. Raises ExpressionError."""
    require_short(text)
    if "$" not in text.replace("$$", ""):
        plain = text.replace("$$", "$")
        return lambda _: plain
    tokens = list(tokenize(text))
    last = tokens[-1]
    return _checked(tokens, Token("end", "", last.start, last.end))


def _checked(tokens: list[Token], end: Token) -> Run:
    run = parse(tokens, end).run
    variables: dict[str, Token] = {}
    for token in tokens:
        if token.kind == "variable":
            variables.setdefault(token.text, token)
    names = tuple(variables)

    def checked(scope: Scope) -> Value:
        for name in names:
            if name not in scope:
                raise unknown_variable(variables[name], scope)
        return run(scope)

    return checked


def require_short(text: str) -> None:
    """Raise ExpressionError for a text that is too long to be looked at."""
    if len(text) > MAX_TEXT and "$" in text:
        raise too_long(f"The expression has {len(text)} characters", MAX_TEXT, len(text))


def too_long(message: str, start: int, end: int) -> ExpressionError:
    """What is said of a text that is too long."""
    hint = "Compute parts of it in `vars`."
    return ExpressionError("too-long", f"{message}; at most {MAX_TEXT} are allowed.", hint, start, end)


@lru_cache(_KEPT)
def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a name."""
    found: list[Piece] = []
    position = 0
    while match := _PIECE.match(text, position):
        piece, position = _piece(text, match)
        found.append(piece)
    return tuple(found)


def _piece(text: str, match: re.Match[str]) -> tuple[Piece, int]:
    start, end = match.span()
    if match.lastgroup == "plain":
        return match[0], end
    if match.lastgroup == "dollar":
        return "$", end
    if match.lastgroup == "variable":
        return Hole(_variable(Token("variable", match[0][1:], start, end)), start, end), end
    if match.lastgroup == "group":
        return _group(text, start)
    raise syntax_error("This `$` starts no variable.", _LONE_DOLLAR, start, end)


def _variable(token: Token) -> Run:
    run = variable(token).run

    def checked(scope: Scope) -> Value:
        if token.text not in scope:
            raise unknown_in_name(token, scope)
        return run(scope)

    return checked


def _group(text: str, start: int) -> tuple[Piece, int]:
    """`$(expression)`, up to the parenthesis that closes it."""
    tokens: list[Token] = []
    depth = 1
    for token in tokenize(text, start + 2):
        depth += _DEPTH.get(token[:2], 0)
        if not depth:
            return Hole(_checked(tokens, token._replace(kind="end")), start, token.end), token.end
        tokens.append(token)
    raise never_closed(start, start + 2)


def filled(hole: Hole, scope: Scope) -> str:
    """What fills a hole: a text, or a number's digits.

    Raises ExpressionError `wrong-operand` for anything else.
    """
    value = hole.run(scope)
    if isinstance(value, str):
        return value
    if is_number(value):
        return str(whole(value, hole.start, hole.end))
    message = f"A name is filled with texts and numbers, not with {describe(value)}."
    hint = "Choose a text: `$('a' if $x else 'b')`."
    if isinstance(value, list | dict):
        hint = f"Take one of its elements: `$({IT}.0)`."
    raise ExpressionError("wrong-operand", message, hint, hole.start, hole.end)
