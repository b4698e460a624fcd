"""Choices, from nodes: a name in a registry, alone or with arguments: `mnist`, `{mnist: {root: data}}`.

So data sets, optimizers, schedules, losses, augmentations and initialisers are written; `train` is read likewise, as
arguments without a name.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import Any, TypeVar

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain_values import yaml_text
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.declare.validate import validate
from cnnspec.language.hints import HINTS
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence, from_plain, is_literal

A = TypeVar("A", bound="Arguments")


def read_choice(
    node: Node, what: str, table: MappingType[str, type[A]], scope: Scope, findings: Findings
) -> A | None:
    """The one of a registry's declarations that is named, with its arguments; None after reporting why not.

    `what` is what messages call the choice.
    """
    try:
        node = value_node(node, scope, findings)
    except Unknown:
        return None
    name, place, arguments = node, node.place, None
    if isinstance(node, Mapping):
        if len(node.entries) != 1:
            message = f"{what} is {yaml_text(node.plain())}, it must be one of {', '.join(table)}"
            findings.error("bad-choice", message, place, _one_key_hint(node, table))
            return None
        ((key, arguments),) = node
        name, place = key, key.place
    kind = _choice_name(name, scope, findings)
    model = table.get(kind) if kind is not None else None
    if kind is None or model is None:
        if kind is not None:
            _report_unknown(kind, what, table, place, findings)
        return None
    return read_arguments(arguments, model, kind, scope, findings, place)


def _one_key_hint(node: Mapping, table: MappingType[str, Any]) -> str:
    """The hint for a mapping that has no key, or several."""
    known = [key for key in node.entries if key in table]
    if len(known) > 1:
        return f"Keep one of {', '.join(known)}."
    return f"Write `{{{known[0] if known else next(iter(table))}: {{…}}}}`."


def _choice_name(node: Node, scope: Scope, findings: Findings) -> str | None:
    if not isinstance(node, Scalar):
        return yaml_text(node.plain())
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    return value if isinstance(value, str) else yaml_text(value)


def _report_unknown(
    kind: str, what: str, table: MappingType[str, Any], place: Place, findings: Findings
) -> None:
    from cnnspec.settings.other_libraries import choice_hint  # noqa: PLC0415 -- only a mistake pays for it

    hint = choice_hint(kind, table) or f"There {'are' if len(table) > 1 else 'is'} {', '.join(table)}."
    findings.error("unknown-choice", f"{what} is {kind}, which cnnspec does not have", place, hint)


def value_node(node: Node, scope: Scope, findings: Findings) -> Node:
    """The node, or for an expression a node of its value. Raises Unknown."""
    if isinstance(node, Scalar) and not is_literal(node):
        return from_plain(value_of(node, scope, findings), node.place)
    return node


def read_arguments(
    node: Node | None, model: type[A], subject: str, scope: Scope, findings: Findings, place: Place
) -> A | None:
    """A declaration's arguments, from a mapping of them or the main one alone; None after reporting why not."""
    if node is not None:
        try:
            node = value_node(node, scope, findings)
        except Unknown:
            return None
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return validate(model, {}, subject, place, None, findings, HINTS)
    if not isinstance(node, Mapping):
        return _read_main_argument(node, model, subject, scope, findings)
    values: dict[str, Any] = {}
    for key, child in node:
        try:
            values[key.text] = _field_value(model, key, child, scope, findings)
        except Unknown:
            continue
    reported = node.entries.keys() - values.keys()
    return validate(
        model, values, subject, place, node, findings, HINTS, reported=reported, complete=not reported
    )


def _read_main_argument(
    node: Node, model: type[A], subject: str, scope: Scope, findings: Findings
) -> A | None:
    main = model.main
    if main is None:
        fields = ", ".join(f"{name}: …" for name in list(model.model_fields)[:2])
        message = f"{subject} is {yaml_text(node.plain())}, it must be a mapping of its arguments"
        findings.error("bad-value", message, node.place, f"Write `{subject}: {{{fields}}}`.")
        return None
    try:
        return validate(
            model, {main: value_of(node, scope, findings)}, subject, node.place, node, findings, HINTS
        )
    except Unknown:
        return None


def _field_value(model: type[Arguments], key: Scalar, node: Node, scope: Scope, findings: Findings) -> object:
    """A field's value; one that is a choice itself is read first. Raises Unknown."""
    info = model.model_fields.get(key.text)
    choice = one_of(info) if info else None
    if choice is None:
        return value_of(node, scope, findings)
    if isinstance(node, Scalar) and node.value is None:
        return () if choice.many else None
    read = _read_choices if choice.many else read_choice
    found = read(node, key.text, choice.table, scope, findings)
    if found is None:
        raise Unknown
    return found


def _read_choices(
    node: Node, what: str, table: MappingType[str, type[A]], scope: Scope, findings: Findings
) -> tuple[A, ...] | None:
    """A list of choices; None after reporting what is wrong with it, or with one of them."""
    node = value_node(node, scope, findings)
    if not isinstance(node, Sequence):
        message = f"{what} is {yaml_text(node.plain())}, it must be a list"
        findings.error("bad-choice", message, node.place, f"Write `{what}: [{_list_item(node)}]`.")
        return None
    read = [read_choice(item, what, table, scope, findings) for item in node.items]
    found = tuple(choice for choice in read if choice is not None)
    return found if len(found) == len(read) else None


def _list_item(node: Node) -> str:
    """The text of what stands there as an item of a list."""
    if isinstance(node, Mapping) and len(node.entries) > 1:
        return ", ".join(f"{{{key.text}: …}}" for key, _ in node)
    return yaml_text(node.plain())
