"""Conditions, and what depends on them; what can't matter is not computed."""

from __future__ import annotations

from collections.abc import Callable

from cnnspec.expressions.closures import Code
from cnnspec.expressions.messages import IT, ExpressionError, Value, describe, show
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.values import Scope


def choice(cases: list[tuple[Code, Code]], otherwise: Code) -> Code:
    """`value if condition else …`: only the value that is chosen is computed."""
    tests = tuple((truth(condition), value.run) for condition, value in cases)

    def run(scope: Scope) -> Value:
        for test, value in tests:
            if test(scope):
                return value(scope)
        return otherwise.run(scope)

    return Code(run, cases[0][1].start, otherwise.end)


def truth(code: Code) -> Callable[[Scope], bool]:
    """A condition: false, null and 0 are false; a text, a list or a mapping is an error."""
    compute = code.run

    def run(scope: Scope) -> bool:
        value = compute(scope)
        if type(value) is bool:
            return value
        if value is None or isinstance(value, int | float):
            return bool(value)
        message = f"A condition is true, false, null or a number, not {describe(value)}."
        hint = (
            f"Compare it: `{IT} == {show(value)}`."
            if isinstance(value, str)
            else f"Ask for its length: `len({IT}) > 0`."
        )
        raise ExpressionError("wrong-operand", message, hint, code.start, code.end)

    return run


def negation(token: Token, code: Code) -> Code:
    """`not x`."""
    test = truth(code)
    return Code(lambda scope: not test(scope), token.start, code.end)


def connection(first: Code, rest: list[tuple[Token, Code]]) -> Code:
    """`a and b and c`, or with `or`: true or false; what can't change the answer is not computed."""
    decisive = rest[0][0].text == "or"
    tests = tuple(truth(code) for code in (first, *(code for _, code in rest)))

    def run(scope: Scope) -> Value:
        for test in tests:
            if test(scope) is decisive:
                return decisive
        return not decisive

    return Code(run, first.start, rest[-1][1].end)
