"""Elements of lists and mappings: `$depths.0`, `$norm.eps`, `$depths.($i + 1)`."""

from __future__ import annotations

import re

from cnnspec.core.plain_values import Plain, quote, shorten
from cnnspec.core.suggest import nearest
from cnnspec.expressions.errors import ExpressionError, describe, listing
from cnnspec.expressions.expression import Expression, constant
from cnnspec.expressions.limits import within_limits
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.variables import Variables

NOT_NEGATIVE = "Elements count from 0, and never from the end; the last is `$list.(len($list) - 1)`."

_POSITION = re.compile("0|[1-9][0-9]*")


def key(token: Token) -> Expression:
    """The text behind a dot: a position, or the key of a mapping."""
    return constant(int(token.text) if _POSITION.fullmatch(token.text) else token.text, token)


def element(base: Expression, keys: list[Expression]) -> Expression:
    """An element of a list by its number, of a mapping by its key; several keys go further in.

    When it is computed it raises ExpressionError `bad-index`.
    """
    start, end = base.start, keys[-1].end

    def run(variables: Variables) -> Plain:
        value = base.run(variables)
        for key in keys:
            value = _element(value, key.run(variables), key)
        return within_limits(value, start, end)

    return Expression(run, start, end)


def _element(container: Plain, index: Plain, key: Expression) -> Plain:
    if isinstance(container, list):
        return _of_list(container, index, key)
    if isinstance(container, dict):
        return _of_mapping(container, index, key)
    message = f"There are no elements in {describe(container)}."
    raise _bad_index(message, "Only a list and a mapping have elements.", key)


def _of_list(values: list[Plain], index: Plain, key: Expression) -> Plain:
    if type(index) is float and index.is_integer():
        index = int(index)
    if type(index) is not int:
        message = f"A list's elements have numbers from 0 on; {describe(index)} is none."
        hint = f"Write a whole number below {len(values)}; its length is `len($list)`."
        raise _bad_index(message, hint, key)
    if not 0 <= index < len(values):
        raise _out_of_range(values, index, key)
    return values[index]


def _out_of_range(values: list[Plain], index: int, key: Expression) -> ExpressionError:
    message = f"There is no element {quote(index)} in a list of length {len(values)}."
    if index < 0:
        hint = NOT_NEGATIVE
    else:
        hint = f"Elements count from 0 to {len(values) - 1}." if values else "The list is empty."
    return _bad_index(message, hint, key)


def _of_mapping(values: dict[str, Plain], index: Plain, key: Expression) -> Plain:
    name = str(index) if type(index) is int else index
    if isinstance(name, str) and name in values:
        return values[name]
    message = f"The mapping has no key {quote(index)}."
    similar = nearest(name, values) if isinstance(name, str) else None
    hint = f"Did you mean {shorten(similar)}?" if similar else f"Its keys are {listing(values)}."
    raise _bad_index(message, hint if values else "It is empty.", key)


def _bad_index(message: str, hint: str, key: Expression) -> ExpressionError:
    return ExpressionError("bad-index", message, hint, key.start, key.end)
