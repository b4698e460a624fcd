"""Operators on numbers, and comparisons: each function turns parsed operands into code."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from cnnspec.expressions.closures import Code, Run
from cnnspec.expressions.messages import IT, ExpressionError, Value, describe, show
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.values import Number, Scope, equal, is_number, whole

Step = Callable[[Value, Value], Value]
"""What an operator does with two values."""
MakeStep = Callable[[Token, Code, Code], Step]


class Operand(NamedTuple):
    """A right operand and what to do with it."""

    apply: Step
    run: Run


def sign(token: Token, code: Code) -> Code:
    """`-x` and `+x`."""
    apply: Callable[[Any], Any] = operator.neg if token.text == "-" else operator.pos

    def run(scope: Scope) -> Value:
        value = code.run(scope)
        if is_number(value):
            return whole(apply(value), token.start, code.end)
        message = f"`{token.text}` needs a number, not {describe(value)}."
        raise ExpressionError("wrong-operand", message, instead_of_number(value), code.start, code.end)

    return Code(run, token.start, code.end)


def comparison(first: Code, rest: list[tuple[Token, Code]]) -> Code:
    """`a < b <= c`: as in Python, each with its neighbour."""
    operands = _operands(_compare, first, rest)
    compute = first.run

    def run(scope: Scope) -> Value:
        left = compute(scope)
        for apply, operand in operands:
            right = operand(scope)
            if not apply(left, right):
                return False
            left = right
        return True

    return Code(run, first.start, rest[-1][1].end)


def arithmetic(first: Code, rest: list[tuple[Token, Code]]) -> Code:
    """`a + b - c`, `a * b // c`: a loop, so that a long sum is no deep one."""
    operands = _operands(_calculate, first, rest)
    compute = first.run

    def run(scope: Scope) -> Value:
        left = compute(scope)
        for apply, operand in operands:
            left = apply(left, operand(scope))
        return left

    return Code(run, first.start, rest[-1][1].end)


def _operands(make: MakeStep, first: Code, rest: list[tuple[Token, Code]]) -> tuple[Operand, ...]:
    lefts = [first, *(Code(first.run, first.start, code.end) for _, code in rest)]
    pairs = zip(lefts, rest, strict=False)
    return tuple(Operand(make(token, left, right), right.run) for left, (token, right) in pairs)


def _compare(token: Token, left: Code, right: Code) -> Step:
    start, end = left.start, right.end
    if token.text == "==":
        return lambda one, other: equal(one, other, start, end)
    if token.text == "!=":
        return lambda one, other: not equal(one, other, start, end)
    order = _ORDER[token.text]

    def step(one: Value, other: Value) -> Value:
        if is_number(one) and is_number(other):
            return order(one, other)
        raise _wrong_operands(token, (one, left), (other, right))

    return step


def _calculate(token: Token, left: Code, right: Code) -> Step:
    calculate = _ARITHMETIC[token.text]
    start, end = left.start, right.end

    def step(one: Value, other: Value) -> Value:
        if not (is_number(one) and is_number(other)):
            raise _wrong_operands(token, (one, left), (other, right))
        try:
            return whole(calculate(one, other), start, end)
        except ZeroDivisionError:
            raise division_by_zero(f"{show(one)} {token.text} 0", right.start, right.end) from None

    return step


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


def _wrong_operands(token: Token, left: tuple[Value, Code], right: tuple[Value, Code]) -> ExpressionError:
    value, code = right if is_number(left[0]) else left
    message = f"`{token.text}` needs two numbers, not {describe(left[0])} and {describe(right[0])}."
    return ExpressionError("wrong-operand", message, instead_of_number(value), code.start, code.end)


def instead_of_number(value: Value) -> str:
    """What to write where `value` stands and a number is needed."""
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
