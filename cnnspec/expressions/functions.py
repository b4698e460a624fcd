"""The functions that an expression may call. A new one is its function and its line in FUNCTIONS."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from cnnspec.expressions.closures import Code
from cnnspec.expressions.messages import IT, ExpressionError, Value, describe, show
from cnnspec.expressions.operators import division_by_zero, instead_of_number
from cnnspec.expressions.values import MAX_NUMBER, Number, Scope, is_number, whole


class Argument(NamedTuple):
    """A value that a function was called with: whose, and where it stands."""

    value: Value
    function: str
    start: int
    end: int

    def wrong(self, needed: str, hint: str) -> ExpressionError:
        """The error for an argument of another type than the function takes."""
        message = f"{self.function} needs {needed}, not {describe(self.value)}."
        return ExpressionError("wrong-operand", message, hint, self.start, self.end)

    def number(self) -> Number:
        """The number that it is."""
        if is_number(self.value):
            return self.value
        raise self.wrong("a number", instead_of_number(self.value))

    def elements(self) -> list[Value]:
        """The list that it is."""
        if isinstance(self.value, list):
            return self.value
        raise self.wrong("a list", "A list is declared in `vars`, as in `vars: {depths: [2, 3]}`.")

    def numbers(self) -> list[Number]:
        """The numbers of the list that it is."""
        return [
            value if is_number(value) and -MAX_NUMBER < value < MAX_NUMBER else self._element(value)
            for value in self.elements()
        ]

    def _element(self, value: Value) -> Number:
        return whole(self._replace(value=value).number(), self.start, self.end)


class Function(NamedTuple):
    """A function: how a call of it looks, how many arguments it takes, what it gives."""

    usage: str
    fewest: int
    most: int
    give: Callable[..., Number]


def _extreme(choose: Callable[[list[Number]], Number]) -> Callable[..., Number]:
    def give(first: Argument, *others: Argument) -> Number:
        if not others and is_number(first.value):
            hint = f"Give it a second number, as in `{first.function}({IT}, 8)`, or a list."
            raise first.wrong("a list", hint)
        numbers = [argument.number() for argument in (first, *others)] if others else first.numbers()
        if numbers:
            return choose(numbers)
        raise first.wrong("a list with elements", "Give it two numbers, or a list that isn't empty.")

    return give


def _sum(values: Argument, first_n: Argument | None = None) -> Number:
    numbers = values.numbers()
    if first_n is not None:
        numbers = numbers[: _count(first_n, len(numbers))]
    # fsum is exact, whatever the order and whatever Python's release; sum keeps the digits of ints
    return sum(numbers) if all(type(number) is int for number in numbers) else math.fsum(numbers)


def _count(argument: Argument, most: int) -> int:
    count = whole(argument.number(), argument.start, argument.end)
    if isinstance(count, int) and 0 <= count <= most:
        return count
    message = f"sum can't take the first {show(count)} of a list of length {most}."
    hint = f"Write a whole number from 0 to {most}."
    raise ExpressionError("bad-index", message, hint, argument.start, argument.end)


def _round_to(value: Argument, divisor: Argument) -> Number:
    """MobileNet's make_divisible: the nearest multiple, but never more than a tenth below the value."""
    number, step = value.number(), whole(divisor.number(), divisor.start, divisor.end)
    if step == 0:
        raise division_by_zero(f"round_to({show(number)}, 0)", divisor.start, divisor.end)
    if step < 0 or not isinstance(step, int):
        raise divisor.wrong("a whole number above 0", "The divisor comes last: `round_to($width, 8)`.")
    rounded = max(step, int(number + step / 2) // step * step)
    return rounded + step if rounded < 0.9 * number else rounded


def _length(values: Argument) -> Number:
    return len(values.value) if isinstance(values.value, dict) else len(values.elements())


def _of_one(give: Callable[[Any], Number]) -> Callable[[Argument], Number]:
    return lambda argument: give(argument.number())


FUNCTIONS = {
    "abs": Function("abs(number)", 1, 1, _of_one(abs)),
    "ceil": Function("ceil(number)", 1, 1, _of_one(math.ceil)),
    "floor": Function("floor(number)", 1, 1, _of_one(math.floor)),
    "int": Function("int(number)", 1, 1, _of_one(int)),
    "len": Function("len(list)", 1, 1, _length),
    "max": Function("max(a, b, …) or max(list)", 1, 1_000, _extreme(max)),
    "min": Function("min(a, b, …) or min(list)", 1, 1_000, _extreme(min)),
    "round": Function("round(number)", 1, 1, _of_one(round)),
    "round_to": Function("round_to(value, divisor)", 2, 2, _round_to),
    "sum": Function("sum(list) or sum(list, first_n)", 1, 2, _sum),
}
"""`int` cuts the fraction off; `round` takes the nearest whole number, and of two such the even one."""


def call(function: Function, arguments: list[Code], start: int, end: int) -> Code:
    """The code of a call."""
    name, give = function.usage.partition("(")[0], function.give

    def run(scope: Scope) -> Value:
        values = [Argument(code.run(scope), name, code.start, code.end) for code in arguments]
        return whole(give(*values), start, end)

    return Code(run, start, end)
