"""Code: an expression, parsed, as a closure from variables to a value. Here its leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnnspec.expressions.messages import Value
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.values import MAX_NUMBER, Scope, bounded

Run = Callable[[Scope], Value]


class Code(NamedTuple):
    """A parsed piece of an expression: how to compute it, and where it stands."""

    run: Run
    start: int
    end: int


def constant(value: Value, token: Token) -> Code:
    """A literal."""
    return Code(lambda _: value, token.start, token.end)


def variable(token: Token) -> Code:
    """The value of a variable, untouched; that it exists has been checked by then."""
    name, start, end = token[1:]

    def run(scope: Scope) -> Value:
        value = scope[name]
        if type(value) is int and -MAX_NUMBER < value < MAX_NUMBER:  # most are; bounded says the same of them
            return value
        return bounded(value, start, end)

    return Code(run, start, end)
