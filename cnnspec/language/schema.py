"""The JSON Schema of the spec language (draft-07), for editors: they complete, explain and check.

It comes from the same declarations as the checker, which knows more: that an item has exactly one
kind, what names stand for, and every shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from cnnspec.declare.arguments import Arguments, OneOf, one_of
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.settings.budget import Budget
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

Schema = dict[str, Any]

_EXPRESSION: Schema = {"type": "string", "pattern": "\\$"}
_TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
"""A name: YAML may take its characters for a number; cnnspec takes them as they are."""
_LEAVES = {"int", "float", "bool", "literal", "tuple", "list"}


class _WithExpressions(GenerateJsonSchema):
    """Wherever a number, a boolean, a literal or a list may stand, an expression may."""

    def generate_inner(self, schema: core_schema.CoreSchema) -> Schema:
        """The schema of a value, or an expression for it."""
        found = super().generate_inner(schema)
        return {"anyOf": [found, _EXPRESSION]} if schema["type"] in _LEAVES else found


def json_schema() -> Schema:
    """The whole schema."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnnspec",
        "description": "A convolutional network as a list of layers.",
        "type": "object",
        "properties": {key: {"description": meaning, **_section(key)} for key, meaning in TOP_LEVEL.items()},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "required": ["cnnspec", "input", "layers"],
        "definitions": _definitions(),
    }


def _section(key: str) -> Schema:
    sizes = {
        "type": "array",
        "minItems": 1,
        "maxItems": 4,
        "items": _or_expression({"type": "integer", "minimum": 1}),
    }
    named = {"type": "object", "minProperties": 1, "additionalProperties": _or_expression(sizes)}
    sections: dict[str, Schema] = {
        "cnnspec": {"const": 1},
        "name": _TEXT,
        "description": _TEXT,
        "input": _any(sizes, _EXPRESSION, named),
        "layers": _ref("items"),
        "output": _any(
            _TEXT, {"type": "array", "items": _TEXT}, {"type": "object", "additionalProperties": _output()}
        ),
        "vars": {"type": ["object", "null"]},
        "variants": {"type": ["object", "null"], "additionalProperties": {"type": ["object", "null"]}},
        "blocks": {"type": ["object", "null"], "additionalProperties": _ref("block")},
        "init": _ref("init_by_kind"),
        "lint": {
            "type": ["object", "null"],
            "properties": {"ignore": {"type": ["array", "null"], "items": {"type": "string"}}},
            "additionalProperties": False,
        },
        "data": _choice(DATA),
        "train": _object(Train),
        "budget": _object(Budget),
    }
    return sections.get(key, {})


def _output() -> Schema:
    parts = {"from": _TEXT, "when": {}, "only": {"const": "train"}}
    return _any(
        _TEXT, {"type": "object", "properties": parts, "required": ["from"], "additionalProperties": False}
    )


def _definitions() -> Schema:
    kinds = {kind: _ref(f"kind_{kind}") for kind in KINDS}
    beside = {
        "name": _TEXT,
        "from": _TEXT,
        "repeat": {},
        "when": {},
        "expect": _or_expression(
            {"type": "array", "items": _or_expression({"type": "integer", "minimum": 1})}
        ),
        "init": _any(_ref("init"), _ref("init_by_kind")),
    }
    beside = {key: {"description": meaning, **beside[key]} for key, meaning in ITEM_KEYS.items()}
    item = {"type": "object", "minProperties": 1, "properties": {**kinds, "layers": _ref("items"), **beside}}
    names = {"type": "string", "anyOf": [{"enum": list(KINDS)}, {}]}
    block = {
        "type": "object",
        "properties": {
            "args": {"type": ["object", "null"]},
            "inputs": {"type": ["array", "null"]},
            "layers": _ref("items"),
        },
        "required": ["layers"],
        "additionalProperties": False,
    }
    return {
        "items": {"type": "array", "items": _ref("item")},
        "item": _any(names, item),
        "branch": _any(_TEXT, _ref("items"), item),
        "block": block,
        "init": _any(
            _choice(INITIALISERS),
            {"type": "object", "additionalProperties": _choice(INITIALISERS)},
            {"type": "null"},
        ),
        "init_by_kind": {
            "type": ["object", "null"],
            "properties": {k: _ref("init") for k in KINDS if k not in MERGES},
        },
        **{f"kind_{kind}": _kind(kind) for kind in KINDS},
    }


def _kind(kind: str) -> Schema:
    model = KINDS[kind]
    named = _object(model)
    description = {"description": _first_paragraph(model)}
    if kind in MERGES:
        branches = {"type": "array", "minItems": 2, "items": _ref("branch")}
        named["properties"] = {"of": branches, **named["properties"]}
        return {**description, **_any(branches, {**named, "required": ["of"]})}
    forms = [named, _EXPRESSION]
    if model.main is not None:
        forms.append(named["properties"][model.main])
    if not named.get("required"):
        forms.append({"type": "null"})
    return {**description, **_any(*forms)}


def _first_paragraph(model: type[Arguments]) -> str:
    """The first paragraph of a declaration's docstring, on one line."""
    return " ".join((model.__doc__ or "").split("\n\n", maxsplit=1)[0].split())


def _object(model: type[Arguments]) -> Schema:
    """The mapping of a model's arguments."""
    choices = {name: one_of(info) for name, info in model.model_fields.items()}
    if any(choices.values()):
        return _object_of_choices(model, choices)
    found = model.model_json_schema(schema_generator=_WithExpressions)
    return _draft_07(
        _object_schema(
            {key: found[key] for key in ("type", "required") if key in found}, found.get("properties", {})
        )
    )


def _object_of_choices(model: type[Arguments], choices: Mapping[str, OneOf | None]) -> Schema:
    """A model some of whose fields are choices, which pydantic knows only as instances."""
    properties: Schema = {}
    for name, info in model.model_fields.items():
        choice = choices[name]
        properties[name] = _chosen(choice) if choice else _field(model, name)
        properties[name] = {"description": info.description, **properties[name]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _chosen(choice: OneOf) -> Schema:
    one = _choice(choice.table)
    return _or_expression({"type": "array", "items": one}) if choice.many else one


def _field(model: type[Arguments], name: str) -> Schema:
    from pydantic import TypeAdapter  # noqa: PLC0415 -- one model needs it

    info = model.model_fields[name]
    found = TypeAdapter(info.rebuild_annotation()).json_schema(schema_generator=_WithExpressions)
    return _draft_07({**found, "default": info.default})


def _object_schema(head: Schema, properties: Schema) -> Schema:
    kept = {name: {k: v for k, v in field.items() if k != "title"} for name, field in properties.items()}
    return {**head, "properties": kept, "additionalProperties": False}


def _choice(table: Mapping[str, type[Arguments]]) -> Schema:
    """A name, or {name: arguments}."""
    forms = {}
    for name, model in table.items():
        main = model.main
        named = _object(model)
        extra = [named["properties"][main]] if main else []
        forms[name] = {"description": _first_paragraph(model), **_any(named, *extra, {"type": "null"})}
    mapping = {
        "type": "object",
        "properties": forms,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    return _any({"enum": list(table)}, _EXPRESSION, mapping)


def _draft_07(schema: Schema) -> Schema:
    """The schema in draft-07; pydantic speaks 2020-12, which differs here in tuples of a fixed length."""
    found: Schema = _renamed_keywords(schema)
    return found


def _renamed_keywords(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_renamed_keywords(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        ("items" if key == "prefixItems" else key): _renamed_keywords(value) for key, value in schema.items()
    }


def _or_expression(schema: Schema) -> Schema:
    return _any(schema, _EXPRESSION)


def _any(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}
