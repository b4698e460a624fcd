"""Errors for tokens that make no expression, with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnnspec.core.plain_values import quote, shorten
from cnnspec.core.plural import plural
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.expressions.elements import NOT_NEGATIVE
from cnnspec.expressions.errors import IT, ExpressionError, syntax_error
from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.expressions.tokens import CONSTANTS, Token
from cnnspec.expressions.variables import Variables

_VALUE = "A value is a number, a quoted text, a variable, a call or something in parentheses."
_CHOICE = "A choice is written `a if condition else b`."
_OPERAND = re.compile(r"\$\w[\w.$]*|[0-9.]+")
KEYWORDS = {
    "in": "Compare one by one: `$x == 1 or $x == 2`.",
    "is": "Equality is `==`.",
    "then": _CHOICE,
    "elif": _CHOICE,
    "xor": "Of two conditions write `(a) != (b)`.",
    "import": "An expression reads variables and computes; it imports nothing.",
    "lambda": "An expression reads variables and computes; it defines nothing.",
    "for": "Rounds are an item's `repeat`.",
}


def require_balance(tokens: Iterable[Token]) -> None:
    """Check parentheses before all else: where YAML has split a call at a comma, other errors would mislead.

    Raises ExpressionError `unbalanced-parenthesis`.
    """
    opened: list[Token] = []
    for token in tokens:
        if token[:2] == ("operator", "("):
            opened.append(token)
        elif token[:2] == ("operator", ")") and opened:
            opened.pop()
        elif token[:2] == ("operator", ")"):
            message = "This parenthesis closes nothing."
            raise ExpressionError("unbalanced-parenthesis", message, "Take it out.", token.start, token.end)
    if opened:
        raise never_closed(opened[-1].start, opened[-1].end)


def never_closed(start: int, end: int) -> ExpressionError:
    """The error for a parenthesis without its other half."""
    message, hint = "This parenthesis is never closed.", "Close it with `)` where it ends."
    return ExpressionError("unbalanced-parenthesis", message, hint, start, end)


def no_operand(token: Token, previous: Token) -> ExpressionError:
    """The error for a token where a value belongs."""
    if token.kind == "word":
        return _word(token)
    if token[:2] == ("operator", "not"):
        hint = "Write `(not …)` in parentheses."
        return syntax_error("`not` can't follow here.", hint, token.start, token.end)
    if token.kind == "end" and previous.kind != "end":
        message = f"A value is missing after `{_text(previous)}`."
        return syntax_error(message, _VALUE, previous.start, previous.end)
    return syntax_error(f"A value is missing before `{token.text}`.", _VALUE, token.start, token.end)


def leftover(token: Token, previous: Token) -> ExpressionError:
    """The error for a token behind a complete expression."""
    if token.kind == "word":
        return _word(token)
    hint = "Between two values stands an operator; variables are filled into a text only where it is a name."
    if token.kind == "index":
        hint = "Only a variable is indexed, `$depths.0`."
    elif token[:2] == ("operator", "("):
        hint = f"Only these are called: {', '.join(FUNCTIONS)}."
    elif token[:2] == ("operator", ","):
        hint = "Commas stand between a function's arguments; a list is written in YAML: `[$a, $b]`."
    elif token[:2] == ("operator", "else"):
        hint = _CHOICE
    message = f"`{_text(token)}` can't follow `{_text(previous)}`."
    return syntax_error(message, hint, token.start, token.end)


def _text(token: Token) -> str:
    if token.kind == "text":
        return quote(token.text)
    return f"${shorten(token.text)}" if token.kind == "variable" else shorten(token.text)


def _word(token: Token) -> ExpressionError:
    if token.text in KEYWORDS:
        return keyword(token)
    if token.text.lower() in {*CONSTANTS, "none"}:
        right = "null" if token.text == "None" else token.text.lower()
        return syntax_error(f"`{token.text}` is unknown.", f"Write `{right}`.", token.start, token.end)
    message = f"`{shorten(token.text)}` is neither a variable nor a quoted text."
    return ExpressionError("bare-word", message, "", token.start, token.end)


def keyword(token: Token) -> ExpressionError:
    """The error for a word of other languages, one of KEYWORDS."""
    message = f"`{token.text}` has no place in an expression."
    return syntax_error(message, KEYWORDS[token.text], token.start, token.end)


def with_own_words(error: ExpressionError, text: str, variables: Variables) -> ExpressionError:
    """The same error, its hint in words of the text; a bare word's hint depends on the variables."""
    word = text[error.start : error.end]
    if error.code != "bare-word":
        error.hint = error.hint.replace(IT, word if _OPERAND.fullmatch(word) else "$x")
        return error
    name = word.partition(".")[0]
    similar = name if name in variables else nearest(name, variables)
    if word in FUNCTIONS:
        hint = f"It is a function: {FUNCTIONS[word].usage}."
    elif similar == name:
        hint = f"Write ${shorten(word)} for the variable, or '{shorten(word)}' for the text."
    elif similar:
        hint = f"Did you mean ${shorten(similar)}? A text stands in quotes: '{shorten(word)}'."
    else:
        hint = f"A text stands in quotes, '{shorten(word)}'; a variable has a dollar sign."
    return ExpressionError(error.code, error.message, hint, error.start, error.end)


def unknown_function(token: Token) -> ExpressionError:
    """The error for a call of something else than a function."""
    hint = did_you_mean(token.text, FUNCTIONS) or f"The functions are {', '.join(FUNCTIONS)}."
    message = f"There is no function {shorten(token.text)}."
    return ExpressionError("unknown-function", message, hint, token.start, token.end)


def wrong_count(usage: str, count: int, start: int, end: int) -> ExpressionError:
    """The error for a call with too few or too many arguments."""
    return syntax_error(f"A call with {plural(count, 'argument')}.", f"It is written {usage}.", start, end)


def too_deep(token: Token, most: int) -> ExpressionError:
    """The error for too many levels."""
    message, hint = f"The expression nests deeper than {most} levels.", "Compute parts of it in `vars`."
    return ExpressionError("too-long", message, hint, token.start, token.end)


def missing_else(token: Token, previous: Token) -> ExpressionError:
    """The error for a choice without an alternative."""
    place = previous if token.kind == "end" else token
    return syntax_error("The `if` has no `else`.", _CHOICE, place.start, place.end)


def no_index(token: Token, dot: Token) -> ExpressionError:
    """The error for a dot that no index follows."""
    if token[:2] == ("operator", "-") and token.start == dot.end:
        return ExpressionError("bad-index", "A negative index.", NOT_NEGATIVE, dot.start, token.end)
    hint = "An index stands close behind its dot: `.0`, `.eps`, `.$i`, `.($i + 1)`."
    return syntax_error("This dot has no index.", hint, dot.start, dot.end)
