"""Errors for variables that don't exist, with the ones that were probably meant."""

from __future__ import annotations

from cnnspec.core.plain_values import shorten
from cnnspec.core.suggest import nearest
from cnnspec.expressions.errors import ExpressionError, listing
from cnnspec.expressions.expression import Variables
from cnnspec.expressions.tokens import Token


def unknown_variable(token: Token, variables: Variables) -> ExpressionError:
    """The error for a variable of an expression."""
    name = token.text
    similar = nearest(name, variables)
    if name == "in_channels":
        hint = "It is there in blocks, and outside of them where one input enters; here write the number."
    elif similar:
        hint = f"Did you mean ${shorten(similar)}?"
    elif variables:
        hint = f"There are {listing(variables)}."
    else:
        hint = "Declare it under `vars`."
    message = f"There is no variable ${shorten(name)}."
    return ExpressionError("unknown-variable", message, hint, token.start, token.end)


def unknown_variable_of_name(token: Token, variables: Variables) -> ExpressionError:
    """The error for a variable in a name: in `$i_conv` it may be `$i`, but the name goes on to its last letter."""
    error = unknown_variable(token, variables)
    beginnings = [name for name in variables if token.text.startswith(name)]
    if beginnings:
        name = max(beginnings, key=len)
        rest = shorten(token.text[len(name) :])
        error.hint = f"Write `$(${shorten(name)}){rest}` if you mean ${shorten(name)}."
    return error
