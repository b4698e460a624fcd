"""The root of a spec, from nodes: each section reports its own mistakes and leaves the others alone."""

from __future__ import annotations

import re
from pathlib import PurePath

from cnnspec.core.diagnostic import Findings, Report, Source
from cnnspec.core.plain_values import quote, yaml_text
from cnnspec.declare.validate import visible
from cnnspec.language.blocks import read_blocks
from cnnspec.language.items import ItemReader
from cnnspec.language.lint import read_lint
from cnnspec.language.sections import (
    TOP_LEVEL,
    VARIABLE,
    check_name,
    correct_keys,
    first_key,
    is_empty,
    section_entries,
)
from cnnspec.language.spec import Item, OutputForm, OutputSpec, Spec
from cnnspec.layers import KINDS
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.reader.split_at_comma import is_end_of_call

_SPEC_NAME = re.compile(r"[\w-][\w.-]{0,99}")


def parse(root: Mapping, source: Source, findings: Report) -> Spec:
    """The spec that a root mapping holds; what is wrong with its form goes to `findings`."""
    root = _known_keys(root, findings)
    _check_version(root, findings)
    blocks, variables = root.get("blocks"), root.get("vars")
    names: list[str] | None = [] if is_empty(blocks) else None
    if isinstance(blocks, Mapping):
        names = [name for name in blocks.entries if name not in KINDS]
    items = ItemReader(names, findings)
    spec = Spec(source, root, items.layer_factory, name=_name(root, source, findings))
    spec.inputs, spec.single_input = _inputs(root, findings)
    spec.variables = _variables(root, findings)
    spec.any_name_may_exist = not (isinstance(variables, Mapping) or is_empty(variables))
    spec.blocks = read_blocks(blocks, items, findings)
    spec.layers = _layers(root, items, findings)
    if "output" in root.entries:
        spec.output_form, spec.outputs = read_output(root.entries["output"], findings)
    init = root.get("init")
    section_entries(init, "init", "init: {conv: {kaiming_normal: {mode: fan_out}}}", findings)
    spec.init = init if isinstance(init, Mapping) else None
    spec.ignored = read_lint(root.get("lint"), findings)
    spec.data, spec.train = _section(root, "data"), _section(root, "train")
    spec.budget = _section(root, "budget")
    return spec


def _section(root: Mapping, key: str) -> Node | None:
    """What stands under the key; None where nothing or null does."""
    node = root.get(key)
    return None if is_empty(node) else node


def _known_keys(root: Mapping, findings: Findings) -> Mapping:
    """The root with the keys that this version reads; others are reported, misspelt ones corrected."""
    own = {key: entry for key, entry in root.entries.items() if not key.startswith("x-")}
    kinds = [key for key in own if key in KINDS and key not in TOP_LEVEL]
    listed = f"There are {', '.join(TOP_LEVEL)}; your own notes go under a key that starts with x-."
    hint = "A layer is an item of the list under `layers`." if kinds else listed
    return correct_keys(Mapping(own, root.place), TOP_LEVEL, "top-level key", findings, hint)


def _check_version(root: Mapping, findings: Findings) -> None:
    entry = root.entries.get("cnnspec")
    hint = "Write `cnnspec: 1` at the top."
    if entry is None:
        message = "the language version is missing: nothing marks this file as a spec"
        findings.warning("missing-version", message, first_key(root), hint)
        return
    version = entry.value.value if isinstance(entry.value, Scalar) else None
    if type(version) is not int or version != 1:
        message = f"cnnspec is {quote(entry.value.plain())}, the language version is 1"
        findings.error("wrong-version", message, visible(entry.value, entry.key.place), hint)


def _name(root: Mapping, source: Source, findings: Findings) -> str:
    for field in ("name", "description"):
        entry = root.entries.get(field)
        if entry is not None and not (isinstance(entry.value, Scalar) and entry.value.text):
            message = f"{field} is {quote(entry.value.plain())}, it must be a text"
            findings.error(
                "bad-value",
                message,
                visible(entry.value, entry.key.place),
                f"Write `{field}: …`, or leave it out.",
            )
    name = root.get("name")
    if not isinstance(name, Scalar) or not name.text:
        return PurePath(source.name).stem
    if not _SPEC_NAME.fullmatch(name.text):
        hint = "It names the run's folder: use up to 100 letters, digits, - and _."
        findings.error("bad-name", f"name is {quote(name.text)}", name.place, hint)
    return name.text


def _inputs(root: Mapping, findings: Findings) -> tuple[dict[str, Node], bool]:
    """The inputs by name, and whether there is a single one without a name."""
    entry = root.entries.get("input")
    if entry is None:
        message = "input is missing: what enters the network is not known"
        hint = "Write `input: [channels, height, width]`, as in `input: [1, 28, 28]`."
        findings.error("missing-key", message, first_key(root), hint)
        return {}, True
    if not isinstance(entry.value, Mapping):
        return {"input": entry.value}, True
    sizes = [value.plain() for _, value in entry.value]
    if sizes and all(type(size) is int for size in sizes):
        message = f"input is {quote(entry.value.plain())}, it must be a list of sizes"
        findings.error(
            "bad-input", message, entry.value.place, f"Write `input: {yaml_text(sizes)}`, channels first."
        )
        return {}, True
    if not entry.value.entries:
        findings.error(
            "bad-input",
            "input names nothing",
            visible(entry.value, entry.key.place),
            "Write `input: [1, 28, 28]`.",
        )
    return {key.text: value for key, value in entry.value if check_name(key, findings)}, False


def _variables(root: Mapping, findings: Findings) -> dict[str, Node]:
    found: dict[str, Node] = {}
    written = root.get("vars")
    for key, value in section_entries(written, "vars", "vars: {width: 64}", findings):
        if isinstance(written, Mapping) and is_end_of_call(key.text, written):
            continue
        if key.text in TOP_LEVEL or key.text == "in_channels":
            why = "a top-level key" if key.text in TOP_LEVEL else "the channels that come in"
            message = f"a variable can't be called {key.text}: that is {why}"
            findings.error("reserved-name", message, key.place, "Give it another name.")
        elif not VARIABLE.fullmatch(key.text):
            message = f"a variable can't be called {quote(key.text)}"
            hint = "Use letters, digits and _, not a digit first."
            findings.error("bad-name", message, key.place, hint)
        found[key.text] = value
    return found


def _layers(root: Mapping, items: ItemReader, findings: Findings) -> tuple[Item, ...]:
    entry = root.entries.get("layers")
    hint = "Write `layers:` and a list of items, each after a dash."
    if entry is None:
        findings.error("missing-key", "layers is missing", first_key(root), hint)
        return ()
    if is_empty(entry.value) or (isinstance(entry.value, Sequence) and not entry.value.items):
        findings.error("bad-items", "layers is empty", visible(entry.value, entry.key.place), hint)
        return ()
    return items.items(entry.value)


# `output`


def read_output(entry: Entry, findings: Findings) -> tuple[OutputForm, tuple[OutputSpec, ...]]:
    """The form of what is returned, and each output."""
    value = entry.value
    if isinstance(value, Mapping):
        form: OutputForm = "dict"
        found = [_output(key.text, item, findings) for key, item in value]
    elif isinstance(value, Sequence):
        form = "list"
        found = [_output(None, item, findings) for item in value.items]
    else:
        form = "one"
        found = [_output(None, value, findings)]
    if not found:
        findings.error(
            "bad-output",
            "output is empty",
            visible(entry.value, entry.key.place),
            "Leave it out for the last item's.",
        )
    return form, tuple(output for output in found if output is not None)


def _output(key: str | None, node: Node, findings: Findings) -> OutputSpec | None:
    if isinstance(node, Scalar) and node.text and node.value is not None:
        return OutputSpec(key, node)
    if isinstance(node, Mapping) and key is not None:
        return _conditional(key, node, findings)
    message = f"an output is {quote(node.plain())}, it must be the name of an item"
    hint = "Write a name, a list of names, or `{key: name}`."
    findings.error("bad-output", message, node.place, hint)
    return None


def _conditional(key: str, node: Mapping, findings: Findings) -> OutputSpec | None:
    node = correct_keys(node, ("from", "when", "only"), "part of an output", findings)
    source, only = node.get("from"), node.get("only")
    if only is not None and not (isinstance(only, Scalar) and only.text == "train"):
        message = f"only is {quote(only.plain())}, it must be train"
        findings.error("bad-value", message, only.place, "Write `only: train`, or leave it out.")
    if not isinstance(source, Scalar) or not source.text:
        message = f"output {key} does not say which value it is"
        findings.error("missing-key", message, node.place, "Write `from: name`.")
        return None
    return OutputSpec(key, source, node.get("when"), only is not None)
