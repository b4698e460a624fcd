"""From pydantic's errors to diagnostics: one a field, at its place, in the words of its type."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from collections.abc import Mapping as MappingType
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import ValidationError

from cnnspec.core.diagnostic import Diagnostic, Findings, Place
from cnnspec.core.errors import Reject
from cnnspec.core.plain_values import quote, yaml_text
from cnnspec.declare.arguments import Arguments, Expect, OneOf
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence, is_literal
from cnnspec.reader.split_at_comma import is_end_of_call

A = TypeVar("A", bound=Arguments)


class Hints(NamedTuple):
    """Callbacks for unknown arguments, given by the rooms above, which know other libraries' names."""

    meant: Callable[[str, type[Arguments]], str | None]
    """The argument of the model that an unknown word was meant for."""
    unknown: Callable[[str, type[Arguments], str, Node | None], str]
    """The hint for a word, the model that lacks it, what the model is called, and what was written."""


def validate(
    model: type[A],
    values: MappingType[str, Any],
    subject: str,
    place: Place,
    node: Node | None,
    findings: Findings,
    hints: Hints,
    *,
    reported: Container[str] = (),
    complete: bool = True,
) -> A | None:
    """The model built from values, each alone and then together (`consistent`), or None after reporting what is wrong.

    `subject` names it in messages; `place` is where it was asked for; `node` holds the written
    arguments: a mapping, or the one value of the main argument. Nothing is said of the fields in
    `reported`, whose mistakes are told elsewhere; where not all values could be had (`complete`), there is no model.
    """
    try:
        arguments = model(**values)
    except ValidationError as error:
        for diagnostic in _problems(error, _Request(model, values, subject, place, node, hints), reported):
            findings.add(diagnostic)
        return None
    if not complete:
        return None
    try:
        arguments.consistent()
    except Reject as no:
        where = value_place(node, no.field, place) if no.field else place
        findings.error(no.code, f"{subject}: {no.message}", where, no.hint)
        return None
    return arguments


class _Request(NamedTuple):
    """What was to be validated; the fields are the arguments of `validate`."""

    model: type[Arguments]
    values: MappingType[str, Any]
    subject: str
    place: Place
    node: Node | None
    hints: Hints


def _problems(error: ValidationError, request: _Request, reported: Container[str]) -> Iterator[Diagnostic]:
    """One diagnostic for each field that is not `reported`; none for a missing one for which an unknown key was meant."""
    model, node = request.model, request.node
    by_field: dict[str, dict[str, Any]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        field = str(detail["loc"][0])
        by_field[field] = _most_specific(by_field.get(field), dict(detail))
    extra = [field for field, detail in by_field.items() if detail["type"] == "extra_forbidden"]
    by_field = {field: detail for field, detail in by_field.items() if field not in reported}
    if isinstance(node, Mapping):
        by_field = {field: detail for field, detail in by_field.items() if not is_end_of_call(field, node)}
        if by_field and len(node.entries) == 1 and _is_bare(node, model):
            yield _without_colon(node, model, request.subject)
            return
    intended = {request.hints.meant(field, model) for field in extra}
    for field, problem in by_field.items():
        if not (problem["type"] == "missing" and field in intended):
            yield _problem(field, problem, request)


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


def _most_specific(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    """Of two errors of one field, the one with more list indexes: its place is more exact."""
    depth = [
        sum(isinstance(part, int) for part in detail["loc"]) if detail else -1 for detail in (one, other)
    ]
    return one if one and depth[0] >= depth[1] else other


def _problem(field: str, detail: dict[str, Any], request: _Request) -> Diagnostic:
    from cnnspec.declare.remedies import instead, missing, split  # noqa: PLC0415 -- only a mistake pays for it

    model, values, subject, place, node, hints = request
    if detail["type"] == "extra_forbidden":
        message = f"{subject}: {field} is not one of its arguments"
        hint = hints.unknown(field, model, subject, node)
        return Diagnostic("unknown-argument", message, key_place(node, field, place), hint)
    expected = expectation(model, field)
    if detail["type"] == "missing" and len(detail["loc"]) == 1:
        message = f"{subject}: {field} is missing, {_expectation_clause(expected)}"
        return Diagnostic("missing-argument", message, place, missing(model, subject, node))
    indexes = [part for part in detail["loc"][1:] if isinstance(part, int)]
    whole = split(node, field)
    message = f"{subject}: {field} is {quote(whole or values[field])}, it must be {expected}"
    written = node.get(field) if isinstance(node, Mapping) else node
    computed = written is not None and not is_literal(written)
    hint = instead(model, values, field, whole, computed=computed, limits=detail.get("ctx", {}))
    return Diagnostic("bad-value", message, value_place(node, field, place, indexes), hint)


def _expectation_clause(expected: str) -> str:
    return expected if expected.startswith("one of") else f"it is {expected}"


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
    """The place of the value, or of its key where the value is empty."""
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
    return f"one of {', '.join(map(yaml_text, get_args(info.annotation)))}"
