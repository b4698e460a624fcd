"""Variants and `--set`: they change the nodes of a spec before its sections are read."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence as Many

from cnnspec.core.diagnostic import Findings, Place, Source
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.language.sections import TOP_LEVEL
from cnnspec.reader.document import read
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

_MOST_DIGITS = 9


def variant_names(root: Mapping) -> list[str]:
    """The names of a spec's variants."""
    variants = root.get("variants")
    return list(variants.entries) if isinstance(variants, Mapping) else []


def with_variant(root: Mapping, name: str | None, source: Source, findings: Findings) -> Mapping:
    """The spec with the variant's values in its variables; its other variants are checked and dropped."""
    variants = root.get("variants")
    if variants is None or not isinstance(variants, Mapping):
        _no_variants(variants, name, source, findings)
        return root
    declared = root.get("vars")
    known = declared.entries if isinstance(declared, Mapping) else {}
    for key, values in variants:
        _check_variant(key, values, known, findings)
    if name is not None and name not in variants.entries:
        hint = did_you_mean(name, variants.entries) or f"There are {', '.join(variants.entries)}."
        place = root.entries["variants"].key.place
        message = f"there is no variant {name}" if name else "no variant is named after the @"
        findings.error("unknown-variant", message, place, hint)
    chosen = variants.get(name) if name is not None else None
    entries = {key: entry for key, entry in root.entries.items() if key != "variants"}
    if isinstance(chosen, Mapping) and known:
        merged = {**known, **{key: entry for key, entry in chosen.entries.items() if key in known}}
        entries["vars"] = root.entries["vars"]._replace(value=Mapping(merged, chosen.place))
    if name is not None and "name" not in entries:
        entries["name"] = Entry(Scalar("name", "name", variants.place), Scalar(name, name, variants.place))
    return Mapping(entries, root.place)


def _no_variants(node: Node | None, name: str | None, source: Source, findings: Findings) -> None:
    if node is not None and not (isinstance(node, Scalar) and node.value is None):
        message = f"variants is {yaml_text(node.plain())}, it must be a mapping"
        findings.error("bad-value", message, node.place, "Write `variants: {tiny: {width: 16}}`.")
    elif name is not None:
        findings.error(
            "unknown-variant",
            f"there is no variant {name}: the spec has none",
            Place(source),
            "Leave @… out.",
        )


def _check_variant(key: Scalar, values: Node, known: dict[str, Entry], findings: Findings) -> None:
    if isinstance(values, Scalar) and values.value is None:
        return
    if not isinstance(values, Mapping):
        message = f"variant {key.text} is {yaml_text(values.plain())}, it must be a mapping from variables to values"
        findings.error("bad-value", message, values.place, f"Write `{key.text}: {{width: 16}}`.")
        return
    for name, _ in values:
        if name.text not in known:
            hint = did_you_mean(name.text, known) or "A variant sets variables that `vars` declares."
            findings.error(
                "unknown-variable",
                f"variant {key.text} sets {name.text}, which is no variable",
                name.place,
                hint,
            )


def with_settings(root: Mapping, settings: Many[str], findings: Findings) -> Mapping:
    """The spec with each `path=value` applied; a path starts at a variable or at a top-level key."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        source = Source(f"--set {setting}")
        if not equals or not path.strip():
            findings.error(
                "bad-setting",
                f"--set {setting} has no value",
                Place(source),
                "Write --set path=value.",
            )
            continue
        document = read(Source(f"--set {path}", text), empty_ok=True)
        for found in document.diagnostics:
            findings.add(found)
        if document.root is not None and not document.diagnostics:
            root = _with_setting(root, path.strip(), document.root, source, findings)
    return root


def _with_setting(root: Mapping, path: str, value: Node, source: Source, findings: Findings) -> Mapping:
    first, *rest = path.split(".")
    variables = root.get("vars")
    declared = variables.entries if isinstance(variables, Mapping) else {}
    if first == "vars" and rest and rest[0] not in declared:
        hint = did_you_mean(rest[0], declared) or "Declare it under `vars` in the spec."
        findings.error("bad-setting", f"there is no variable {rest[0]} to set", Place(source), hint)
        return root
    if first == "variants":
        hint = "Set the variable itself, as in --set width=16, or choose another variant with SPEC@variant."
        findings.error("bad-setting", "a variant can't be set: it is applied already", Place(source), hint)
        return root
    if first in declared:
        path = f"vars.{path}"
    elif first not in TOP_LEVEL:
        near = nearest(first, [*declared, *TOP_LEVEL, *Train.model_fields])
        full = f"train.{near}" if near in Train.model_fields else near
        listed = f"A path starts at a variable or at one of {', '.join(TOP_LEVEL)}."
        hint = f"Did you mean {full}?" if full else listed
        findings.error("bad-setting", f"there is no {first} to set", Place(source), hint)
        return root
    try:
        changed = _with_value(root, path.split("."), value, source)
    except LookupError as error:
        reason, *hints = error.args
        findings.error("bad-setting", f"{path} can't be set: {reason}", Place(source), "".join(hints))
        return root
    assert isinstance(changed, Mapping)
    return changed


def _with_value(
    node: Node | None, path: list[str], value: Node, source: Source, above: tuple[str, ...] = ()
) -> Node:
    """A copy of the node with the value at the path; `above` is the path to the node. Raises LookupError, with the reason."""
    if not path:
        return value
    key, *rest = path
    if isinstance(node, Sequence):
        if not key.isdecimal() or len(key) > _MOST_DIGITS or int(key) >= len(node.items):
            raise LookupError(f"the list there has the positions 0 to {len(node.items) - 1}, not {key}")
        items = list(node.items)
        items[int(key)] = _with_value(items[int(key)], rest, value, source, (*above, key))
        return Sequence(items, node.place)
    if (node is None or node.plain() is None) and _choices_at((*above, key)) and key.isdecimal():
        hint = f"Set the list itself: `--set {'.'.join(above)}=[…]`."
        raise LookupError(f"there is no list there, and position {key} is not made", hint)
    place = Place(source)
    entries = {} if _replaces_choice(node, key, above) else _entries_to_change(node, key, above)
    old = entries.get(key)
    inner = _with_value(old.value if old else None, rest, value, source, (*above, key))
    entries[key] = Entry(old.key if old and rest else Scalar(key, key, place), inner)
    return Mapping(entries, node.place if node else place)


def _choices_at(path: tuple[str, ...]) -> MappingType[str, type[Arguments]]:
    """What may be named at a path: a data set, an optimizer, an augmentation of a list; nothing elsewhere."""
    if path == ("data",):
        return DATA
    field = Train.model_fields.get(path[1]) if len(path) > 1 and path[0] == "train" else None
    choice = one_of(field) if field else None
    return choice.table if choice and len(path) == (3 if choice.many else 2) else {}


def _replaces_choice(node: Node | None, key: str, above: tuple[str, ...]) -> bool:
    """Whether `key` names an optimizer, say, and another stands at `above`, whose place it takes."""
    return key in _choices_at(above) and not (isinstance(node, Mapping) and key in node.entries)


def _main_argument(above: tuple[str, ...]) -> str | None:
    """The argument that may be written alone at the path `above`, of a data set, an augmentation …; None elsewhere."""
    model = _choices_at(above[:-1]).get(above[-1]) if above else None
    return model.main if model else None


def _entries_to_change(node: Node | None, key: str, above: tuple[str, ...]) -> dict[str, Entry]:
    """The entries to change; a main argument that stands alone is written out."""
    if isinstance(node, Mapping):
        return dict(node.entries)
    main = _main_argument(above)
    if main and isinstance(node, Scalar) and node.value is not None:
        return {main: Entry(Scalar(main, main, node.place), node)}
    if node is None or node.value is None:  # type: ignore[union-attr]  # sequences are dealt with before
        return {}
    model = _choices_at(above).get(node.text) if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and model and key in model.model_fields:
        raise LookupError(
            f"{key} is an argument of {node.text}", f"Write {'.'.join(above)}.{node.text}.{key}."
        )
    raise LookupError(f"{yaml_text(node.plain())} stands there, which has no {key}")
