"""Arithmetic and comparisons: functions from parsed operands to expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from cnnspec.core.plain_values import Plain, quote
from cnnspec.expressions.errors import IT, ExpressionError, describe
from cnnspec.expressions.expression import Closure, Expression
from cnnspec.expressions.limits import MAX_ITEMS, Number, is_number, result, too_long
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.variables import Variables

Operation = Callable[[Plain, Plain], Plain]
"""An operator between two values."""


def sign(token: Token, operand: Expression) -> Expression:
    """`-x` and `+x`."""
    apply: Callable[[Any], Any] = operator.neg if token.text == "-" else operator.pos

    def run(variables: Variables) -> Plain:
        value = operand.run(variables)
        if is_number(value):
            return result(apply(value), token.start, operand.end)
        message = f"`{token.text}` needs a number, not {describe(value)}."
        raise ExpressionError("wrong-operand", message, instead_of_number(value), operand.start, operand.end)

    return Expression(run, token.start, operand.end)


def comparison(first: Expression, rest: list[tuple[Token, Expression]]) -> Expression:
    """`a < b <= c`: as in Python, each operand with the one before it."""
    steps = _steps(_comparison, first, rest)
    compute = first.run

    def run(variables: Variables) -> Plain:
        left = compute(variables)
        for compare, operand in steps:
            right = operand(variables)
            if not compare(left, right):
                return False
            left = right
        return True

    return Expression(run, first.start, rest[-1][1].end)


def arithmetic(first: Expression, rest: list[tuple[Token, Expression]]) -> Expression:
    """`a + b - c`, `a * b // c`: a loop, so that a long sum takes no deep stack."""
    steps = _steps(_calculation, first, rest)
    compute = first.run

    def run(variables: Variables) -> Plain:
        left = compute(variables)
        for calculate, operand in steps:
            left = calculate(left, operand(variables))
        return left

    return Expression(run, first.start, rest[-1][1].end)


def _steps(
    operation: Callable[[Token, Expression, Expression], Operation],
    first: Expression,
    rest: list[tuple[Token, Expression]],
) -> tuple[tuple[Operation, Closure], ...]:
    """For each operator its operation and its right operand; the left one is all that stands before it."""
    lefts = [first, *(Expression(first.run, first.start, right.end) for _, right in rest)]
    pairs = zip(lefts, rest, strict=False)
    return tuple((operation(token, left, right), right.run) for left, (token, right) in pairs)


def _comparison(token: Token, left: Expression, right: Expression) -> Operation:
    start, end = left.start, right.end
    if token.text == "==":
        return lambda one, other: _equal(one, other, start, end)
    if token.text == "!=":
        return lambda one, other: not _equal(one, other, start, end)
    order = _ORDER[token.text]

    def compare(one: Plain, other: Plain) -> Plain:
        if is_number(one) and is_number(other):
            return order(one, other)
        raise _wrong_operands(token, (one, left), (other, right))

    return compare


def _equal(left: Plain, right: Plain, start: int, end: int) -> bool:
    """Whether two values are the same, element by element; `true` equals no number.

    Python's own `==` would take true for 1, and exponential time where lists share their elements.
    Raises ExpressionError `too-long` after 10,000 elements.
    """
    if not isinstance(left, list | dict):
        return left == right and isinstance(left, bool) == isinstance(right, bool)
    pairs: list[tuple[Plain, Plain]] = [(left, right)]
    compared = 0
    while pairs:
        one, other = pairs.pop()
        inner = _element_pairs(one, other)
        if inner is None:
            return False
        compared += len(inner)
        if compared > MAX_ITEMS:
            raise too_long("comparison", f"more than {MAX_ITEMS} elements", MAX_ITEMS, start, end)
        pairs += inner
    return True


def _element_pairs(one: Plain, other: Plain) -> list[tuple[Plain, Plain]] | None:
    """The pairs of elements that must be equal for two values to be equal; None if they can't be."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return list(zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [(value, other[key]) for key, value in one.items()]
    primitive = not isinstance(one, list | dict)
    return [] if primitive and one == other and isinstance(one, bool) == isinstance(other, bool) else None


def _calculation(token: Token, left: Expression, right: Expression) -> Operation:
    compute = _ARITHMETIC[token.text]
    start, end = left.start, right.end

    def calculate(one: Plain, other: Plain) -> Plain:
        if not (is_number(one) and is_number(other)):
            raise _wrong_operands(token, (one, left), (other, right))
        try:
            return result(compute(one, other), start, end)
        except ZeroDivisionError:
            raise division_by_zero(f"{quote(one)} {token.text} 0", right.start, right.end) from None

    return calculate


def _divide(left: Number, right: Number) -> Number:
    """Exact where the quotient is whole: a float would lose the digits of a large one."""
    if type(left) is int and type(right) is int and left % right == 0:
        return left // right
    return left / right


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": operator.floordiv,
    "%": operator.mod,
}


def division_by_zero(division: str, start: int, end: int) -> ExpressionError:
    """The error for `1 / 0`."""
    hint = "Let the divisor be no zero, or choose: `$a // $b if $b else 1`."
    return ExpressionError("division-by-zero", f"Division by zero: {division}.", hint, start, end)


def _wrong_operands(
    token: Token, left: tuple[Plain, Expression], right: tuple[Plain, Expression]
) -> ExpressionError:
    """The error for two operands, each with its value, one of which is no number."""
    value, operand = right if is_number(left[0]) else left
    message = f"`{token.text}` needs two numbers, not {describe(left[0])} and {describe(right[0])}."
    return ExpressionError("wrong-operand", message, instead_of_number(value), operand.start, operand.end)


def instead_of_number(value: Plain) -> str:
    """The hint where `value` stands and a number is needed."""
    if isinstance(value, bool):
        return "true and false are no numbers: `1 if … else 0` makes one."
    if value is None:
        return f"Ask first: `(0 if {IT} == null else {IT})`."
    if isinstance(value, str):
        return _instead_of_text(value)
    if isinstance(value, dict):
        return f"Take one of its entries, as in `{IT}.{next(iter(value), 'key')}`."
    return f"Take one of its elements: `{IT}.0`."


def _instead_of_text(text: str) -> str:
    if any(character.isdigit() for character in text):
        return "A text is not computed: without a `$`, `4 * 8` is a text. Write the number."
    return "Texts are not joined: choose one, `'a' if $x else 'b'`; only a name is filled: `block$i`."
