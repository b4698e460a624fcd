"""The error that expressions raise; how its messages speak of values and names; errors for unknown variables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cnnspec.core.plain_values import Plain, quote, shorten
from cnnspec.core.suggest import nearest
from cnnspec.expressions.variables import Variables

IT = "$it"
"""In a hint: stands for the operand as the text has it, or `$x`."""

_MOST_NAMES = 12
_MOST_SORTED = 1_000


class ExpressionError(Exception):
    """An expression that can't be understood or computed.

    `start` and `end` are the offending characters in the text that was given, `end` exclusive.
    `code` is one of unknown-variable, expression-syntax, bare-word, wrong-operand, division-by-zero,
    number-too-large, bad-index, unknown-function, unbalanced-parenthesis, too-long.
    """

    def __init__(self, code: str, message: str, hint: str, start: int, end: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.start = start
        self.end = end

    @property
    def clause(self) -> str:
        """The message as diagnostics have it: a clause that follows the code, not a sentence."""
        first, second = self.message[:1], self.message[1:2]
        first = first.lower() if second.islower() or second == " " else first
        return f"{first}{self.message[1:]}".removesuffix(".")


def syntax_error(message: str, hint: str, start: int, end: int) -> ExpressionError:
    """The error for a text that is no expression."""
    return ExpressionError("expression-syntax", message, hint, start, end)


def describe(value: Plain) -> str:
    """`the number 3`, `the text 'relu'`, `null`: a value with its type."""
    if value is None or isinstance(value, bool):
        return quote(value)
    if isinstance(value, int | float):
        return f"the number {quote(value)}"
    if isinstance(value, str):
        return f"the text {quote(value)}"
    return f"the {'list' if isinstance(value, list) else 'mapping'} {quote(value)}"


def listing(words: Iterable[str]) -> str:
    """`act, depths, width`: the first few of the words in alphabetical order."""
    ordered = sorted(islice(words, _MOST_SORTED))
    listed = [shorten(word) for word in ordered[:_MOST_NAMES]]
    return ", ".join([*listed, *(["…"] if len(ordered) > len(listed) else [])])


def unknown_variable(name: str, variables: Variables, start: int, end: int) -> ExpressionError:
    """The error for a variable of an expression, with the one that was probably meant."""
    similar = nearest(name, variables)
    if name == "in_channels":
        hint = "It is there in blocks, and outside of them where one input enters; here write the number."
    elif similar:
        hint = f"Did you mean ${shorten(similar)}?"
    elif variables:
        hint = f"There are {listing(variables)}."
    else:
        hint = "Declare it under `vars`."
    message = f"There is no variable ${shorten(name)}."
    return ExpressionError("unknown-variable", message, hint, start, end)


def unknown_variable_of_name(name: str, variables: Variables, start: int, end: int) -> ExpressionError:
    """The error for a variable in a name: in `$i_conv` it may be `$i`, but the name goes on to its last letter."""
    error = unknown_variable(name, variables, start, end)
    beginnings = [known for known in variables if name.startswith(known)]
    if beginnings:
        known = max(beginnings, key=len)
        rest = shorten(name[len(known) :])
        error.hint = f"Write `$(${shorten(known)}){rest}` if you mean ${shorten(known)}."
    return error
