"""Nodes as plain values: literals as they are, `$` expressions evaluated in a scope.

The expression language is imported when the first `$` is met: most specs have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cnnspec.core.diagnostic import Place, Related
from cnnspec.expressions.variables import variable_names
from cnnspec.reader.node import Node, Scalar, Sequence, is_literal
from cnnspec.reader.scalars import is_number

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Findings
    from cnnspec.core.plain_values import Plain
    from cnnspec.expressions.errors import ExpressionError
    from cnnspec.language.scope import Scope

K = TypeVar("K")


class Unknown(Exception):  # noqa: N818 -- control flow, not a fault: the value can't be had, and that was told
    """The value can't be computed; the reason has been reported."""


def value_of(node: Node, scope: Scope, findings: Findings) -> Plain:
    """The node's value, expressions evaluated. Raises Unknown when one fails, after reporting it."""
    if isinstance(node, Scalar):
        value = node.value
        if type(value) is not str or "$" not in value:
            return value
        if scope.unknown or scope.any_name_may_exist:
            _require_known(value, scope)
        language = _expressions()
        try:
            return language.evaluate(value, scope)
        except language.error as error:
            raise _reported(node, error, scope, findings) from None
    if isinstance(node, Sequence):
        return [value for _, value in values_of(enumerate(node.items), scope, findings)]
    return dict(values_of(((key.text, value) for key, value in node), scope, findings))


def values_of(nodes: Iterable[tuple[K, Node]], scope: Scope, findings: Findings) -> list[tuple[K, Plain]]:
    """The values of many nodes. Raises Unknown where one fails, after evaluating all, so that every mistake is reported."""
    found: list[tuple[K, Plain]] = []
    failed = False
    for key, node in nodes:
        try:
            found.append((key, value_of(node, scope, findings)))
        except Unknown:
            failed = True
    if failed:
        raise Unknown
    return found


def text_of(node: Scalar, scope: Scope, findings: Findings) -> str:
    """A name: the scalar's own characters with `$name` and `$(…)` filled. Raises Unknown."""
    if "$" not in node.text:
        return node.text
    language = _expressions()
    _require_known(node.text, scope)
    try:
        return language.fill(node.text, scope)
    except language.error as error:
        raise _reported(node, error, scope, findings) from None


def variables_in(node: Node) -> frozenset[str]:
    """The variables that the node's expressions read."""
    if isinstance(node, Scalar):
        return frozenset() if is_literal(node) else variable_names(node.text)
    children = node.items if isinstance(node, Sequence) else [value for _, value in node]
    return frozenset().union(*map(variables_in, children))


def _require_known(text: str, scope: Scope) -> None:
    """Raise Unknown where a variable's own value is: that has been told."""
    if scope.unknown and not scope.unknown.isdisjoint(variable_names(text)):
        raise Unknown
    if scope.any_name_may_exist and not all(name in scope for name in variable_names(text)):
        raise Unknown


class _Expressions(NamedTuple):
    """The expression language."""

    evaluate: Callable[[str, Scope], Plain]
    fill: Callable[[str, Scope], str]
    error: type[ExpressionError]


@cache
def _expressions() -> _Expressions:
    from cnnspec.expressions.errors import ExpressionError  # noqa: PLC0415 -- as the module says
    from cnnspec.expressions.evaluate import evaluate, fill  # noqa: PLC0415 -- as the module says

    return _Expressions(evaluate, fill, ExpressionError)


def _reported(node: Scalar, error: ExpressionError, scope: Scope, findings: Findings) -> Unknown:
    place = within(node, error.start, error.end)
    hint = _split_call_hint(node, error) or error.hint
    origin = _origin_of_operand(node, scope) if error.code == "wrong-operand" else None
    if origin is None:
        findings.error(error.code, error.clause, place, hint)
    else:
        findings.error(error.code, error.clause, origin, "", (Related(place, "it is used here"),))
    return Unknown()


def _origin_of_operand(node: Scalar, scope: Scope) -> Place | None:
    """Where the one variable of an expression got its value that is a number but for its quotes or brackets."""
    names = [name for name in sorted(variables_in(node)) if name in scope and nearly_a_number(scope[name])]
    return scope.place_of(names[0]) if len(names) == 1 else None


_LONE = re.compile(r"\$([^\W\d]\w*)")


def lone_variable(text: str) -> str | None:
    """The name, where a text is one variable and nothing else."""
    found = _LONE.fullmatch(text)
    return found[1] if found else None


def nearly_a_number(value: Plain) -> bool:
    """Whether a value is a number in quotes or in brackets, or a whole number with a point."""
    if isinstance(value, list):
        return len(value) == 1 and (type(value[0]) in {int, float} or nearly_a_number(value[0]))
    if isinstance(value, str):
        return is_number(value.strip())
    return isinstance(value, float) and value.is_integer()


def _split_call_hint(node: Scalar, error: ExpressionError) -> str:
    """The hint for a parenthesis whose other half YAML has split off; or nothing."""
    if error.code != "unbalanced-parenthesis":
        return ""
    from cnnspec.reader import split_at_comma  # noqa: PLC0415 -- only a mistake pays for it

    whole = split_at_comma.whole_text(node)
    return split_at_comma.quotes_hint(whole) if whole else ""


def within(node: Scalar, start: int, end: int) -> Place:
    """The place of some characters of a scalar, where it is written on one line without escapes."""
    place = node.place
    quoted = place.end_column - place.column - len(node.text)
    if place.line != place.end_line or quoted not in {0, 2}:
        return place
    column = place.column + quoted // 2
    return place._replace(column=column + start, end_column=column + max(end, start + 1))
