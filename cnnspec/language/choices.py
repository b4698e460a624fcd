"""Settings that are written like items: `mnist`, `{mnist: {root: data}}`, `{sgd: {lr: 0.01}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain import yaml_text
from cnnspec.declare.one_of import one_of
from cnnspec.declare.validate import validate
from cnnspec.language.hints.arguments import HINTS
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence, from_plain, is_literal

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from cnnspec.declare.arguments import Arguments
    from cnnspec.language.scope import Scope

A = TypeVar("A", bound="Arguments")


def read_choice(
    node: Node, what: str, table: MappingType[str, type[A]], scope: Scope, findings: Findings
) -> A | None:
    """One of a table's classes, by its name alone or with arguments; None after reporting why not."""
    try:
        node = written_out(node, scope, findings)
    except Unknown:
        return None
    name, place, arguments = node, node.place, None
    if isinstance(node, Mapping):
        if len(node.entries) != 1:
            message = f"{what} is {yaml_text(node.plain())}, it must be one of {', '.join(table)}"
            findings.error("bad-choice", message, place, _one_alone(node, table))
            return None
        ((key, arguments),) = node
        name, place = key, key.place
    kind = _name(name, scope, findings)
    model = table.get(kind) if kind is not None else None
    if kind is None or model is None:
        if kind is not None:
            _unknown(kind, what, table, place, findings)
        return None
    return read_model(arguments, model, kind, scope, findings, place)


def _one_alone(node: Mapping, table: MappingType[str, Any]) -> str:
    """What to make of a mapping that has no key, or several."""
    known = [key for key in node.entries if key in table]
    if len(known) > 1:
        return f"Keep one of {', '.join(known)}."
    return f"Write `{{{known[0] if known else next(iter(table))}: {{…}}}}`."


def _name(node: Node, scope: Scope, findings: Findings) -> str | None:
    if not isinstance(node, Scalar):
        return yaml_text(node.plain())
    try:
        value = value_of(node, scope, findings)
    except Unknown:
        return None
    return value if isinstance(value, str) else yaml_text(value)


def _unknown(kind: str, what: str, table: MappingType[str, Any], place: Place, findings: Findings) -> None:
    from cnnspec.settings.other_libraries import choice_for  # noqa: PLC0415 -- only a mistake pays for it

    hint = choice_for(kind, table) or f"There {'are' if len(table) > 1 else 'is'} {', '.join(table)}."
    findings.error("unknown-choice", f"{what} is {kind}, which cnnspec does not have", place, hint)


def written_out(node: Node, scope: Scope, findings: Findings) -> Node:
    """The node, or where it is an expression what that stands for. Raises Unknown."""
    if isinstance(node, Scalar) and not is_literal(node):
        return from_plain(value_of(node, scope, findings), node.place)
    return node


def read_model(
    node: Node | None, model: type[A], subject: str, scope: Scope, findings: Findings, place: Place
) -> A | None:
    """The model from a mapping of its fields (or its main argument); None after reporting why not."""
    if node is not None:
        try:
            node = written_out(node, scope, findings)
        except Unknown:
            return None
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return validate(model, {}, subject, place, None, findings, HINTS)
    if not isinstance(node, Mapping):
        return _from_main(node, model, subject, scope, findings)
    values: dict[str, Any] = {}
    for key, child in node:
        try:
            values[key.text] = _field(model, key, child, scope, findings)
        except Unknown:
            continue
    reported = node.entries.keys() - values.keys()
    return validate(
        model, values, subject, place, node, findings, HINTS, reported=reported, complete=not reported
    )


def _from_main(node: Node, model: type[A], subject: str, scope: Scope, findings: Findings) -> A | None:
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


def _field(model: type[Arguments], key: Scalar, node: Node, scope: Scope, findings: Findings) -> object:
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
    """A list of them; None after reporting what is wrong with it, or with one of them."""
    node = written_out(node, scope, findings)
    if not isinstance(node, Sequence):
        message = f"{what} is {yaml_text(node.plain())}, it must be a list"
        findings.error("bad-choice", message, node.place, f"Write `{what}: [{_as_item(node)}]`.")
        return None
    read = [read_choice(item, what, table, scope, findings) for item in node.items]
    found = tuple(choice for choice in read if choice is not None)
    return found if len(found) == len(read) else None


def _as_item(node: Node) -> str:
    """What would be the list's one item."""
    if isinstance(node, Mapping) and len(node.entries) > 1:
        return ", ".join(f"{{{key.text}: …}}" for key, _ in node)
    return yaml_text(node.plain())
