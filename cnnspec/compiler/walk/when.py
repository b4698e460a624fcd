"""`when`: whether something is there."""

from __future__ import annotations

from cnnspec.compiler.walk.reporter import definitions
from cnnspec.core.diagnostic import Findings
from cnnspec.core.plain_values import quote, yaml_text
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Node


def is_there(node: Node, scope: Scope, findings: Findings) -> bool | None:
    """What a `when` says; None where that can't be told, which is reported."""
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    if value is None or isinstance(value, bool | int | float):
        return bool(value)
    from cnnspec.declare.remedies import boolean  # noqa: PLC0415 -- only a mistake pays for it

    message = f"when is {quote(value)}, it must be true or false, a number or null"
    said = boolean(value)
    hint = "Compare it, as in `when: $act == 'relu'`." if said is None else f"Write {yaml_text(said)}."
    findings.error("bad-value", message, node.place, hint, definitions(node, scope))
    return None
