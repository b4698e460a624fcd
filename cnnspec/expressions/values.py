"""The values that expressions work on: how large they may be, and when two are equal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeGuard

from cnnspec.expressions.messages import ExpressionError, Value, show

Number = int | float
Scope = Mapping[str, Value]
"""The variables that an expression sees."""

MAX_NUMBER = 2**63
MAX_ITEMS = 10_000
MAX_TEXT = 1_000


def is_number(value: Value) -> TypeGuard[Number]:
    """Whether it takes part in arithmetic: `true` doesn't, though Python's bool is an int."""
    return type(value) is int or type(value) is float


def whole(number: Number, start: int, end: int) -> Number:
    """A result within its bounds; a number without a fraction is an int.

    Raises ExpressionError `number-too-large`, also for what is infinite or no number at all.
    """
    if not -MAX_NUMBER < number < MAX_NUMBER:
        raise too_large(number, start, end)
    if type(number) is float and number.is_integer():
        return int(number)
    return number


def bounded(value: Value, start: int, end: int) -> Value:
    """A value that came from a variable, untouched.

    Raises ExpressionError `number-too-large` (an int beyond the bounds, an infinite float) or `too-long`.
    """
    if type(value) is int:
        if not -MAX_NUMBER < value < MAX_NUMBER:
            raise too_large(value, start, end)
    elif type(value) is float:
        if not math.isfinite(value):
            raise too_large(value, start, end)
    elif isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise _too_long("text", f"{len(value)} characters", MAX_TEXT, start, end)
    elif isinstance(value, list | dict) and len(value) > MAX_ITEMS:
        what = "list" if isinstance(value, list) else "mapping"
        raise _too_long(what, f"{len(value)} elements", MAX_ITEMS, start, end)
    return value


def too_large(number: Number, start: int, end: int) -> ExpressionError:
    """The error for a number beyond the bounds."""
    message = f"{show(number)} is too large: numbers stay between -2**63 and 2**63."
    if number != number:  # noqa: PLR0124 -- nan alone differs from itself
        message = "nan is not a number."
    return ExpressionError("number-too-large", message, "Use smaller numbers.", start, end)


def _too_long(what: str, size: str, most: int, start: int, end: int) -> ExpressionError:
    message = f"The {what} has {size}; at most {most} are allowed."
    return ExpressionError("too-long", message, f"Use a shorter {what}.", start, end)


def equal(left: Value, right: Value, start: int, end: int) -> bool:
    """Whether two values are the same, element by element; `true` equals no number.

    Python's own `==` would take true for 1, and exponential time where lists share their elements.
    Raises ExpressionError `too-long` after 10,000 elements.
    """
    if not isinstance(left, list | dict):
        return _same(left, right)
    pairs: list[tuple[Value, Value]] = [(left, right)]
    compared = 0
    while pairs:
        one, other = pairs.pop()
        inner = _elements(one, other)
        if inner is None:
            return False
        compared += len(inner)
        if compared > MAX_ITEMS:
            raise _too_long("comparison", f"more than {MAX_ITEMS} elements", MAX_ITEMS, start, end)
        pairs += inner
    return True


def _elements(one: Value, other: Value) -> list[tuple[Value, Value]] | None:
    """The pairs in which two values must agree to be the same; None if they can't be."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return list(zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [(value, other[key]) for key, value in one.items()]
    return [] if not isinstance(one, list | dict) and _same(one, other) else None


def _same(one: Value, other: Value) -> bool:
    """Whether two values are the same of which at most one is a list or a mapping."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
