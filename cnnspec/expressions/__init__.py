"""Expressions in a spec, `$width * 2`: a small language of its own; nothing that a spec says runs as Python.

Two rules, for two kinds of text. A value (`evaluate`): without a `$` it is the text it is; where every `$` is
half of a `$$` it is a text with dollar signs (`a $$ b` is "a $ b"); with any other `$` all of it is an
expression, in which `$$` stands only in quotes (`$$x + $y` is an error). A name (`fill`): `$name` and
`$(expression)` are filled in, `$$` is a dollar sign, the rest is kept.

Operators bind and compute as in Python, comparisons are chained as there, with these differences: a result
without a fraction is an int; true and false are no numbers; a condition is true, false, null or a number;
`and` and `or` give true or false; only numbers have an order.
"""

from __future__ import annotations

import re

from cnnspec.expressions import program
from cnnspec.expressions.messages import ExpressionError, Value
from cnnspec.expressions.syntax_errors import advise
from cnnspec.expressions.tokens import IDENTIFIER
from cnnspec.expressions.values import MAX_TEXT, Scope

__all__ = ["ExpressionError", "Scope", "Value", "evaluate", "fill", "names"]

_NAMES = re.compile(rf"\$\$|\$({IDENTIFIER})")


def evaluate(text: str, scope: Scope) -> Value:
    """The value that a scalar's text stands for: just `$name` gives the variable's value, untouched.

    Raises ExpressionError. A variable must exist even in the half of a choice that isn't taken.
    """
    try:
        return program.expression(text)(scope)
    except ExpressionError as error:
        raise advise(error, text, scope) from None


def fill(text: str, scope: Scope) -> str:
    """A name with its `$name` and `$(expression)` filled in, by texts and numbers.

    Raises ExpressionError.
    """
    if "$" not in text:
        return text
    program.require_short(text)
    try:
        pieces = program.pieces(text)
        name = "".join(piece if isinstance(piece, str) else program.filled(piece, scope) for piece in pieces)
    except ExpressionError as error:
        raise advise(error, text, scope) from None
    if len(name) > MAX_TEXT:
        raise program.too_long(f"The name has {len(name)} characters", 0, len(text))
    return name


def names(text: str) -> frozenset[str]:
    """The variables that the text reads, as a value or as a name; it needn't be valid."""
    return frozenset(name for name in _NAMES.findall(text) if name)
