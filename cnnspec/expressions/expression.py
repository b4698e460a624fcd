"""A parsed expression: a closure from variables to a value, and where it stands. Here constants and variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cnnspec.core.plain_values import Plain
from cnnspec.core.size import LARGEST
from cnnspec.expressions.limits import within_limits
from cnnspec.expressions.tokens import Token

Variables = Mapping[str, Plain]
"""The variables that an expression sees."""
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
    """The value of a variable; the caller has checked that it exists."""
    name, start, end = token[1:]

    def run(variables: Variables) -> Plain:
        value = variables[name]
        if type(value) is int and -LARGEST < value < LARGEST:  # the usual case, without a call
            return value
        return within_limits(value, start, end)

    return Expression(run, start, end)
