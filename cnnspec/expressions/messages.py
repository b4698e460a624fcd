"""How expressions speak of values and mistakes: the error, and a value as a message shows it, never long."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

Scalar = None | bool | int | float | str
Value = Scalar | list["Value"] | dict[str, "Value"]
"""What a variable may hold and an expression may give."""

IT = "$it"
"""In a hint: the operand that is spoken of, as the text has it."""

_SHOWN_CHARACTERS = 40
_SHOWN_ELEMENTS = 4
_SHOWN_BITS = 128
_SHOWN_NAMES = 12


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


def syntax_error(message: str, hint: str, start: int, end: int) -> ExpressionError:
    """The error for what is no expression."""
    return ExpressionError("expression-syntax", message, hint, start, end)


def describe(value: Value) -> str:
    """`the number 3`, `the text 'relu'`, `null`: a value with what it is."""
    if value is None or isinstance(value, bool):
        return show(value)
    if isinstance(value, int | float):
        return f"the number {show(value)}"
    if isinstance(value, str):
        return f"the text {show(value)}"
    return f"the {'list' if isinstance(value, list) else 'mapping'} {show(value)}"


def show(value: Value, depth: int = 2) -> str:
    """A value as one would write it; what is long or deep is cut short."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return repr(shorten(value))
    if isinstance(value, list):
        return f"[{_show_some((show(item, depth - 1) for item in value), len(value), depth)}]"
    if isinstance(value, dict):
        pairs = (f"{shorten(key)}: {show(item, depth - 1)}" for key, item in value.items())
        return f"{{{_show_some(pairs, len(value), depth)}}}"
    if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:  # str() refuses thousands of digits
        return f"an integer of {value.bit_length()} bits"
    return str(value)


def _show_some(parts: Iterable[str], total: int, depth: int) -> str:
    shown = min(total, _SHOWN_ELEMENTS if depth else 0)
    return ", ".join([*islice(parts, shown), *(["…"] if total > shown else [])])


def shorten(text: str) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def listing(words: Iterable[str]) -> str:
    """`act, depths, width`: the first few of the words in alphabetical order."""
    ordered = sorted(words)
    shown = [shorten(word) for word in ordered[:_SHOWN_NAMES]]
    return ", ".join([*shown, *(["…"] if len(ordered) > len(shown) else [])])
