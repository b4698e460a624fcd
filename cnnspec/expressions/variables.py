"""What stands in variables: that they exist, and what their elements are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from cnnspec.core.suggest import nearest
from cnnspec.expressions.closures import Code, constant
from cnnspec.expressions.messages import ExpressionError, Value, describe, listing, shorten, show
from cnnspec.expressions.tokens import Token
from cnnspec.expressions.values import Scope, bounded

NOT_NEGATIVE = "Elements count from 0, and never from the end; the last is `$list.(len($list) - 1)`."

_POSITION = re.compile("0|[1-9][0-9]*")
_MOST_CANDIDATES = 1_000
"""A suggestion looks at no more names than this: it must not take long."""


def unknown_variable(token: Token, scope: Scope) -> ExpressionError:
    """The error for a variable that isn't there."""
    name = token.text
    found = near(name, scope)
    if name == "in_channels":
        hint = "It is there in blocks, and outside of them where one input enters; here write the number."
    elif found:
        hint = f"Did you mean ${shorten(found)}?"
    elif scope:
        hint = f"There are {listing(islice(scope, _MOST_CANDIDATES))}."
    else:
        hint = "Declare it under `vars`."
    message = f"There is no variable ${shorten(name)}."
    return ExpressionError("unknown-variable", message, hint, token.start, token.end)


def unknown_in_name(token: Token, scope: Scope) -> ExpressionError:
    """The error for `$i_conv` in a name, where `$i` may be meant: a name ends where its letters end."""
    known = [name for name in scope if token.text.startswith(name)]
    error = unknown_variable(token, scope)
    if known:
        name = max(known, key=len)
        error.hint = (
            f"Write `$(${shorten(name)}){shorten(token.text[len(name) :])}` if you mean ${shorten(name)}."
        )
    return error


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that most resembles `word`, or None."""
    return nearest(word, islice(candidates, _MOST_CANDIDATES))


def element(base: Code, keys: list[Code]) -> Code:
    """`$depths.0`, `$norm.eps`, `$depths.($i + 1)`: from a list by number, from a mapping by key.

    Its code raises ExpressionError `bad-index`.
    """
    start, end = base.start, keys[-1].end

    def run(scope: Scope) -> Value:
        value = base.run(scope)
        for key in keys:
            value = _take(value, key.run(scope), key)
        return bounded(value, start, end)

    return Code(run, start, end)


def _take(container: Value, index: Value, place: Code) -> Value:
    if isinstance(container, list):
        return _of_list(container, index, place)
    if isinstance(container, dict):
        return _of_mapping(container, index, place)
    message, hint = (
        f"There are no elements in {describe(container)}.",
        "Only a list and a mapping have elements.",
    )
    raise ExpressionError("bad-index", message, hint, place.start, place.end)


def key(token: Token) -> Code:
    """What follows the dot: a position, or the key of a mapping."""
    return constant(int(token.text) if _POSITION.fullmatch(token.text) else token.text, token)


def _of_list(values: list[Value], index: Value, place: Code) -> Value:
    if type(index) is float and index.is_integer():
        index = int(index)
    if type(index) is not int:
        message = f"A list's elements have numbers from 0 on; {describe(index)} is none."
        hint = f"Write a whole number below {len(values)}; its length is `len($list)`."
        raise ExpressionError("bad-index", message, hint, place.start, place.end)
    if not 0 <= index < len(values):
        raise _out_of_range(values, index, place)
    return values[index]


def _out_of_range(values: list[Value], index: int, place: Code) -> ExpressionError:
    message = f"There is no element {show(index)} in a list of length {len(values)}."
    if index < 0:
        hint = NOT_NEGATIVE
    else:
        hint = f"Elements count from 0 to {len(values) - 1}." if values else "The list is empty."
    return ExpressionError("bad-index", message, hint, place.start, place.end)


def _of_mapping(values: dict[str, Value], index: Value, place: Code) -> Value:
    name = str(index) if type(index) is int else index
    if isinstance(name, str) and name in values:
        return values[name]
    message = f"The mapping has no key {show(index)}."
    found = near(name, values) if isinstance(name, str) else None
    hint = (
        f"Did you mean {shorten(found)}?"
        if found
        else f"Its keys are {listing(islice(values, _MOST_CANDIDATES))}."
    )
    raise ExpressionError("bad-index", message, hint if values else "It is empty.", place.start, place.end)
