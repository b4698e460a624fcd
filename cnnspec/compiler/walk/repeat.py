"""What `repeat` says: how many rounds, and what each binds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Findings, Place, Related
from cnnspec.core.plain_values import Plain, quote
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Node

_HINT = "Write a whole number, or {name: number or list}."


class Rounds(NamedTuple):
    """The variable that a repeat binds, and its value in each round."""

    variable: str
    elements: Sequence[Plain]
    place: Place


def read_rounds(node: Node, scope: Scope, findings: Findings, most: int) -> Rounds | None:
    """The rounds of a `repeat`; None when it is none, after reporting why."""
    variable, count, place = "i", node, node.place
    if isinstance(node, Mapping):
        if len(node.entries) != 1:
            message = f"repeat names {len(node.entries)} variables, it must be one"
            findings.error("bad-repeat", message, node.place, _HINT)
            return None
        ((key, count),) = node
        variable, place = key.text, key.place
        if variable == "in_channels" or not variable.isidentifier():
            findings.error(
                "reserved-name",
                f"a round's variable can't be called {quote(variable)}",
                place,
                "Choose another name.",
            )
            return None
    try:
        value = value_of(count, scope, findings)
    except Unknown:
        return None
    if isinstance(value, list) and isinstance(node, Mapping):
        return Rounds(variable, value, place)
    if type(value) is int and 0 <= value <= most:
        return Rounds(variable, range(value), place)
    _refuse(value, count, most, findings, definitions(count, scope), named=isinstance(node, Mapping))
    return None


def _refuse(
    value: Plain, node: Node, most: int, findings: Findings, related: tuple[Related, ...], *, named: bool
) -> None:
    code = "bad-repeat"
    message = (
        f"repeat is {quote(value)}, it must be a whole number of at least 0{' or a list' if named else ''}"
    )
    hint = _HINT
    if type(value) is int and value > most:
        code, message = "too-many-items", f"repeat is {value:,}: a spec may unfold to {most:,} items"
        hint = f"Write a whole number of at most {most:,}."
    elif isinstance(value, float) and value.is_integer() and 0 <= value <= most:
        hint = f"Write {int(value)}."
    elif isinstance(value, list):
        hint = "To run through a list, name its variable: `repeat: {row: $table}`."
    findings.error(code, message, node.place, hint, related)
