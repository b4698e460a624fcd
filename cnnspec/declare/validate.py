"""From pydantic's errors to diagnostics: one a field, at its place, in the words of its type."""

from __future__ import annotations

from collections.abc import Container
from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import ValidationError

from cnnspec.core.diagnostic import Diagnostic, Place
from cnnspec.core.suggest import nearest
from cnnspec.declare.arguments import Arguments, Expect
from cnnspec.declare.one_of import OneOf
from cnnspec.language.spec import ITEM_KEYS
from cnnspec.language.values import is_literal
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.reader.parentheses import torn_off
from cnnspec.reader.quote import quoted, shown

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Findings

A = TypeVar("A", bound=Arguments)


def checked(
    model: type[A],
    values: MappingType[str, Any],
    subject: str,
    place: Place,
    node: Node | None,
    findings: Findings,
    *,
    told: Container[str] = (),
) -> A | None:
    """The model built from values, or None after reporting each field's problem.

    `subject` names it in messages; `place` is where it was asked for; `node` holds the written
    arguments: a mapping, or the one value of the main argument. `told` are the fields that another
    look at them speaks of.
    """
    try:
        return model(**values)
    except ValidationError as error:
        for field, diagnostic in problems(error, model, values, subject, place, node):
            if field not in told:
                findings.add(diagnostic)
        return None


def problems(
    error: ValidationError,
    model: type[Arguments],
    values: MappingType[str, Any],
    subject: str,
    place: Place,
    node: Node | None,
) -> list[tuple[str, Diagnostic]]:
    """One diagnostic a field, with its name; a missing one is silent where an unknown key resembles it."""
    by_field: dict[str, dict[str, Any]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        field = str(detail["loc"][0])
        by_field[field] = _longest(by_field.get(field), dict(detail))
    if isinstance(node, Mapping):
        by_field = {field: detail for field, detail in by_field.items() if not torn_off(field, node)}
    if isinstance(node, Mapping) and len(node.entries) == 1 and _is_bare(node, model):
        return [(next(iter(by_field)), _without_colon(node, model, subject))]
    extra = [field for field, detail in by_field.items() if detail["type"] == "extra_forbidden"]
    meant = {meant_argument(field, model) for field in extra}
    return [
        (field, _problem(field, detail, model, values, subject, place, node))
        for field, detail in by_field.items()
        if not (detail["type"] == "missing" and field in meant)
    ]


def _is_bare(node: Mapping, model: type[Arguments]) -> bool:
    """Whether `{10}` was written: YAML makes it a key without a value."""
    ((key, value),) = node
    return (
        isinstance(value, Scalar)
        and value.value is None
        and not value.text
        and key.text not in model.model_fields
    )


def _without_colon(node: Mapping, model: type[Arguments], subject: str) -> Diagnostic:
    ((key, _),) = node
    main = model.main
    instead = (
        f"`{subject}: {key.text}`"
        if main
        else f"a name before it, as in `{subject}: {{{next(iter(model.model_fields), 'name')}: …}}`"
    )
    message = f"{subject}: {{{key.text}}} names an argument without a value"
    return Diagnostic("unknown-argument", message, key.place, f"Write {instead}.")


def _longest(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    """Of a union's branches the one that got furthest into a list knows the place best."""
    depth = [
        sum(isinstance(part, int) for part in detail["loc"]) if detail else -1 for detail in (one, other)
    ]
    return one if one and depth[0] >= depth[1] else other


def meant_argument(field: str, model: type[Arguments]) -> str | None:
    """The argument that an unknown name was meant for."""
    from cnnspec.layers.other_libraries import argument_for  # noqa: PLC0415 -- as above
    from cnnspec.settings.other_libraries import argument_of  # noqa: PLC0415 -- only a mistake pays for it

    fields = model.model_fields
    return argument_of(fields, field) or argument_for(fields, field) or nearest(field, fields)


def _problem(
    field: str,
    detail: dict[str, Any],
    model: type[Arguments],
    values: MappingType[str, Any],
    subject: str,
    place: Place,
    node: Node | None,
) -> Diagnostic:
    if detail["type"] == "missing" and len(detail["loc"]) == 1:
        return _missing(field, model, subject, place, node)
    if detail["type"] == "extra_forbidden":
        return unknown_argument(field, model, subject, key_place(node, field, place), node)
    indexes = [part for part in detail["loc"][1:] if isinstance(part, int)]
    from cnnspec.declare.remedies import instead, split  # noqa: PLC0415 -- only a mistake pays for it

    whole = split(node, field)
    message = (
        f"{subject}: {field} is {quoted(whole or values[field])}, it must be {expectation(model, field)}"
    )
    written = node.get(field) if isinstance(node, Mapping) else node
    computed = written is not None and not is_literal(written)
    hint = instead(model, values, field, whole, computed=computed, limits=detail.get("ctx", {}))
    return Diagnostic("bad-value", message, value_place(node, field, place, indexes), hint)


def _missing(field: str, model: type[Arguments], subject: str, place: Place, node: Node | None) -> Diagnostic:
    from cnnspec.declare.remedies import missing  # noqa: PLC0415 -- only a mistake pays for it

    message = f"{subject}: {field} is missing, {_phrase(expectation(model, field))}"
    return Diagnostic("missing-argument", message, place, missing(model, subject, node))


def _phrase(expected: str) -> str:
    return expected if expected.startswith("one of") else f"it is {expected}"


def unknown_argument(
    field: str, model: type[Arguments], subject: str, place: Place, node: Node | None = None
) -> Diagnostic:
    """An argument that the model doesn't have, with what was probably meant."""
    message = f"{subject}: {field} is not one of its arguments"
    return Diagnostic("unknown-argument", message, place, _instead(field, model, subject, node))


def _instead(field: str, model: type[Arguments], subject: str, node: Node | None) -> str:
    if field in ITEM_KEYS:
        return f"{field} stands beside the kind: {{{subject}: {{…}}, {field}: …}}."
    if ":" in field:
        name, _, value = field.partition(":")
        return f"A space is missing after the colon: `{name}: {value}`."
    if activation := _activation(field, subject, node):
        return activation
    from cnnspec.language.hints.settings import beyond, in_settings  # noqa: PLC0415 -- only a mistake pays for it

    if hint := in_settings(field, model):
        return hint
    meant = meant_argument(field, model)
    if field in {"dim", "dims", "start_dim", "end_dim"} and meant:
        return _converted(field, meant, node)
    if meant:
        return f"Did you mean {meant}?"
    listed = f"It takes {', '.join(model.model_fields)}." if model.model_fields else ""
    return beyond(field, model) or listed or f"{subject} takes no arguments."


def _activation(field: str, subject: str, node: Node | None) -> str:
    from cnnspec.layers.other_libraries import activation_after  # noqa: PLC0415 -- only a mistake pays for it

    written = node.get(field) if isinstance(node, Mapping) else None
    return activation_after(subject, field, written.text if isinstance(written, Scalar) else "")


def _converted(field: str, meant: str, node: Node | None) -> str:
    """Torch's dim counts the batch, an axis doesn't: 1 becomes 0, −1 stays."""
    written = node.get(field) if isinstance(node, Mapping) else None
    dims = written.plain() if written is not None else None
    if type(dims) is int and dims == 0:
        return f"dim 0 is the batch, which no layer may touch; {meant} counts from the axis after it."
    if isinstance(dims, list) and all(type(dim) is int for dim in dims):
        axes = [axis_of(dim) for dim in (dims[1:] if dims[:1] == [0] else dims) if type(dim) is int]
        return f"Write {meant}: {axes}; axes don't count the batch."
    if type(dims) is int:
        return f"Write {meant}: {axis_of(dims)}; axes don't count the batch."
    return f"Write {meant}: it doesn't count the batch."


def axis_of(dim: int) -> int:
    """The axis that torch counts as `dim`, for it counts the batch too."""
    return dim - 1 if dim > 0 else dim


def key_place(node: Node | None, field: str, default: Place) -> Place:
    """Where an argument's key is written."""
    if node is not None and not isinstance(node, Mapping):
        return node.place
    entry = node.entries.get(field) if node else None
    return entry.key.place if entry else default


def value_place(node: Node | None, field: str, default: Place, indexes: list[int] | None = None) -> Place:
    """Where an argument's value is written: in the mapping, or as the main argument."""
    value = node
    if isinstance(node, Mapping):
        value = node.get(field)
    for index in indexes or ():
        if isinstance(value, Sequence) and index < len(value.items):
            value = value.items[index]
    if value is None:
        return default
    return visible(value, key_place(node, field, default))


def visible(value: Node, key: Place) -> Place:
    """An empty value can't be pointed at: point at its key."""
    place = value.place
    empty = (place.line, place.column) == (place.end_line, place.end_column)
    return key if empty else place


def expectation(model: type[Arguments], field: str) -> str:
    """What a field's value must be, in words, from its type; without words of its own it is a Literal."""
    info = model.model_fields[field]
    for metadata in info.metadata:
        if isinstance(metadata, Expect):
            return metadata.phrase
        if isinstance(metadata, OneOf):
            listed = ", ".join(metadata.table)
            return f"a list of {listed}" if metadata.many else f"one of {listed}"
    return f"one of {', '.join(map(shown, get_args(info.annotation)))}"
