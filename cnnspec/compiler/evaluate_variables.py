"""`vars`: each may use the others, in any order, as long as no one needs itself."""

from __future__ import annotations

from cnnspec.core.diagnostic import Findings
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of, variables_in
from cnnspec.reader.node import Node

_MOST_SHOWN = 12
"""Names of a circle in a message."""


def evaluate_variables(variables: dict[str, Node], findings: Findings) -> Scope:
    """The scope of a spec: every variable with its value, or unknown after reporting why."""
    scope = Scope({}, (), {name: node.place for name, node in variables.items()})
    if not variables:
        return scope
    order = _in_order_of_need(variables, findings)
    scope.unknown = frozenset(variables.keys() - set(order))
    for name in order:
        try:
            scope[name] = value_of(variables[name], scope, findings)
        except Unknown:
            scope.unknown |= {name}
    return scope


def _in_order_of_need(variables: dict[str, Node], findings: Findings) -> list[str]:
    """The names, each after those that it needs; without those on a circle, which is reported, or behind one."""
    from graphlib import CycleError, TopologicalSorter  # noqa: PLC0415 -- for specs with variables

    needs = {name: variables_in(node) & variables.keys() for name, node in variables.items()}
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1][::-1]
        shown = circle if len(circle) <= _MOST_SHOWN else [*circle[: _MOST_SHOWN - 2], "…", circle[-1]]
        message = f"{circle[0]} needs its own value: {' → '.join(shown)}"
        hint = "Write one of them as a plain value."
        findings.error("cyclic-variables", message, variables[circle[0]].place, hint)
    order: list[str] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    return order
