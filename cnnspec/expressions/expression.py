"""A parsed expression: a closure from variables to a value, and where it stands. Here constants and variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnnspec.core.plain_values import Plain
from cnnspec.core.size import LARGEST
from cnnspec.expressions.errors import unknown_variable
from cnnspec.expressions.limits import within_limits
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.variables import Variables

Closure = Callable[[Variables], Plain]


class Expression(NamedTuple):
    """How to compute it, and its first and last character in the text, the end exclusive."""

    run: Closure
    start: int
    end: int


def constant(value: Plain, token: Token) -> Expression:
    """A literal."""
    return Expression(lambda _: value, token.start, token.end)


def variable(token: Token) -> Expression:
    """The value of a variable. When it is computed it raises ExpressionError `unknown-variable`."""
    name, start, end = token[1:]

    def run(variables: Variables) -> Plain:
        try:
            value = variables[name]
        except KeyError:
            raise unknown_variable(name, variables, start, end) from None
        kind = type(value)
        if kind is bool or (kind is int and -LARGEST < value < LARGEST):  # type: ignore[operator]  # as most are
            return value
        return within_limits(value, start, end)

    return Expression(run, start, end)
