"""How large the values of expressions may be: errors beyond it, and numbers as expressions give them."""

from __future__ import annotations

import math
from typing import TypeGuard

from cnnspec.core.plain_values import Plain, yaml_text
from cnnspec.core.size import LARGEST
from cnnspec.expressions.errors import ExpressionError

Number = int | float

MAX_ITEMS = 10_000
MAX_TEXT = 1_000


def is_number(value: Plain) -> TypeGuard[Number]:
    """Whether a value takes part in arithmetic: `true` doesn't, though Python's bool is an int."""
    return type(value) is int or type(value) is float


def result(number: Number, start: int, end: int) -> Number:
    """A computed number: an int where it has no fraction.

    Raises ExpressionError `number-too-large`, also for what is infinite or no number at all.
    """
    if not -LARGEST < number < LARGEST:
        raise _too_large(number, start, end)
    if type(number) is float and number.is_integer():
        return int(number)
    return number


def within_limits(value: Plain, start: int, end: int) -> Plain:
    """The value of a variable, unchanged.

    Raises ExpressionError `number-too-large` (an int beyond the limits, an infinite float) or `too-long`.
    """
    if type(value) is int:
        if not -LARGEST < value < LARGEST:
            raise _too_large(value, start, end)
    elif type(value) is float:
        if not math.isfinite(value):
            raise _too_large(value, start, end)
    elif isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise too_long("text", f"{len(value)} characters", MAX_TEXT, start, end)
    elif isinstance(value, list | dict) and len(value) > MAX_ITEMS:
        what = "list" if isinstance(value, list) else "mapping"
        raise too_long(what, f"{len(value)} elements", MAX_ITEMS, start, end)
    return value


def too_long(what: str, size: str, most: int, start: int, end: int) -> ExpressionError:
    """The error for a text, a list or a comparison of more than `most` characters or elements."""
    message = f"The {what} has {size}; at most {most} are allowed."
    return ExpressionError("too-long", message, f"Use a shorter {what}.", start, end)


def _too_large(number: Number, start: int, end: int) -> ExpressionError:
    message = f"{yaml_text(number)} is too large: numbers stay between -2**63 and 2**63."
    if number != number:  # noqa: PLR0124 -- nan alone differs from itself
        message = "nan is not a number."
    return ExpressionError("number-too-large", message, "Use smaller numbers.", start, end)
