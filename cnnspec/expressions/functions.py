"""The functions that an expression may call. A new one is its function and its line in FUNCTIONS."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from cnnspec.core.plain_values import Plain, quote
from cnnspec.core.size import LARGEST
from cnnspec.expressions.errors import IT, ExpressionError, describe
from cnnspec.expressions.expression import Expression
from cnnspec.expressions.limits import Number, is_number, result
from cnnspec.expressions.operators import division_by_zero, instead_of_number
from cnnspec.expressions.variables import Variables


class Operand(NamedTuple):
    """A value that a function is called with: which function, and where the value stands."""

    value: Plain
    function: str
    start: int
    end: int

    def wrong(self, needed: str, hint: str) -> ExpressionError:
        """The error for a value of another type than the function takes."""
        message = f"{self.function} needs {needed}, not {describe(self.value)}."
        return ExpressionError("wrong-operand", message, hint, self.start, self.end)

    def number(self) -> Number:
        """The value, which must be a number."""
        if is_number(self.value):
            return self.value
        raise self.wrong("a number", instead_of_number(self.value))

    def elements(self) -> list[Plain]:
        """The value, which must be a list."""
        if isinstance(self.value, list):
            return self.value
        raise self.wrong("a list", "A list is declared in `vars`, as in `vars: {depths: [2, 3]}`.")

    def numbers(self) -> list[Number]:
        """The value, which must be a list of numbers."""
        return [
            value if is_number(value) and -LARGEST < value < LARGEST else self._element(value)
            for value in self.elements()
        ]

    def _element(self, value: Plain) -> Number:
        return result(self._replace(value=value).number(), self.start, self.end)


class Builtin(NamedTuple):
    """A function: how a call looks, the least and the most arguments, how it is computed."""

    usage: str
    fewest: int
    most: int
    compute: Callable[..., Number]


def _extreme(choose: Callable[[list[Number]], Number]) -> Callable[..., Number]:
    def compute(first: Operand, *others: Operand) -> Number:
        if not others and is_number(first.value):
            hint = f"Give it a second number, as in `{first.function}({IT}, 8)`, or a list."
            raise first.wrong("a list", hint)
        numbers = [operand.number() for operand in (first, *others)] if others else first.numbers()
        if numbers:
            return choose(numbers)
        raise first.wrong("a list with elements", "Give it two numbers, or a list that isn't empty.")

    return compute


def _sum(values: Operand, first_n: Operand | None = None) -> Number:
    numbers = values.numbers()
    if first_n is not None:
        numbers = numbers[: _count(first_n, len(numbers))]
    # fsum is exact, whatever the order and whatever Python's release; sum keeps the digits of ints
    return sum(numbers) if all(type(number) is int for number in numbers) else math.fsum(numbers)


def _count(argument: Operand, most: int) -> int:
    count = result(argument.number(), argument.start, argument.end)
    if isinstance(count, int) and 0 <= count <= most:
        return count
    message = f"sum can't take the first {quote(count)} of a list of length {most}."
    hint = f"Write a whole number from 0 to {most}."
    raise ExpressionError("bad-index", message, hint, argument.start, argument.end)


def _round_to(value: Operand, divisor: Operand) -> Number:
    """MobileNet's make_divisible: the nearest multiple, but never more than a tenth below the value."""
    number, step = value.number(), result(divisor.number(), divisor.start, divisor.end)
    if step == 0:
        raise division_by_zero(f"round_to({quote(number)}, 0)", divisor.start, divisor.end)
    if step < 0 or not isinstance(step, int):
        raise divisor.wrong("a whole number above 0", "The divisor comes last: `round_to($width, 8)`.")
    rounded = max(step, int(number + step / 2) // step * step)
    return rounded + step if rounded < 0.9 * number else rounded


def _length(values: Operand) -> Number:
    return len(values.value) if isinstance(values.value, dict) else len(values.elements())


def _of_one(compute: Callable[[Any], Number]) -> Callable[[Operand], Number]:
    return lambda argument: compute(argument.number())


FUNCTIONS = {
    "abs": Builtin("abs(number)", 1, 1, _of_one(abs)),
    "ceil": Builtin("ceil(number)", 1, 1, _of_one(math.ceil)),
    "floor": Builtin("floor(number)", 1, 1, _of_one(math.floor)),
    "int": Builtin("int(number)", 1, 1, _of_one(int)),
    "len": Builtin("len(list)", 1, 1, _length),
    "max": Builtin("max(a, b, …) or max(list)", 1, 1_000, _extreme(max)),
    "min": Builtin("min(a, b, …) or min(list)", 1, 1_000, _extreme(min)),
    "round": Builtin("round(number)", 1, 1, _of_one(round)),
    "round_to": Builtin("round_to(value, divisor)", 2, 2, _round_to),
    "sum": Builtin("sum(list) or sum(list, first_n)", 1, 2, _sum),
}
"""`int` cuts the fraction off; `round` takes the nearest whole number, and of two such the even one."""


def call(function: Builtin, arguments: list[Expression], start: int, end: int) -> Expression:
    """A call of the function with parsed arguments, standing from `start` to `end`."""
    name, compute = function.usage.partition("(")[0], function.compute

    def run(variables: Variables) -> Plain:
        values = [Operand(a.run(variables), name, a.start, a.end) for a in arguments]
        return result(compute(*values), start, end)

    return Expression(run, start, end)
