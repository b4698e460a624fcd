"""Conditions and choices: only what matters is computed."""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.core.plain_values import Plain, quote
from cnnspec.expressions.errors import IT, ExpressionError, describe
from cnnspec.expressions.expression import Expression
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.variables import Variables

Test = Callable[[Variables], bool]


def choice(cases: list[tuple[Expression, Expression]], otherwise: Expression) -> Expression:
    """`value if condition else …`, given as (condition, value): only the chosen value is computed."""
    tests = tuple((_test(condition), value.run) for condition, value in cases)

    def run(variables: Variables) -> Plain:
        for test, value in tests:
            if test(variables):
                return value(variables)
        return otherwise.run(variables)

    return Expression(run, cases[0][1].start, otherwise.end)


def negation(token: Token, operand: Expression) -> Expression:
    """`not x`."""
    test = _test(operand)
    return Expression(lambda variables: not test(variables), token.start, operand.end)


def connection(first: Expression, rest: list[tuple[Token, Expression]]) -> Expression:
    """`a and b and c`, or with `or`: true or false; computing stops where the answer is certain."""
    decisive = rest[0][0].text == "or"
    tests = tuple(_test(operand) for operand in (first, *(operand for _, operand in rest)))

    def run(variables: Variables) -> Plain:
        for test in tests:
            if test(variables) is decisive:
                return decisive
        return not decisive

    return Expression(run, first.start, rest[-1][1].end)


def _test(condition: Expression) -> Test:
    """False, null and 0 are false; a text, a list or a mapping is an error."""
    compute = condition.run

    def test(variables: Variables) -> bool:
        value = compute(variables)
        if type(value) is bool:
            return value
        if value is None or isinstance(value, int | float):
            return bool(value)
        message = f"A condition is true, false, null or a number, not {describe(value)}."
        hint = f"Ask for its length: `len({IT}) > 0`."
        if isinstance(value, str):
            hint = f"Compare it: `{IT} == {quote(value)}`."
        raise ExpressionError("wrong-operand", message, hint, condition.start, condition.end)

    return test
