"""A spec of one's own to start from: another's text, with the variant made its base."""

from __future__ import annotations

import re

from cnnspec.compiler.check import Result, check_text
from cnnspec.core.diagnostic import Source
from cnnspec.library.edit import with_base_of, without
from cnnspec.library.specs import OpenedSpec
from cnnspec.reader.document import read
from cnnspec.reader.node import Mapping

_EDITOR = re.compile(r"\A# yaml-language-server: .*\n")
"""Where an editor finds the schema, as seen from `specs/`."""
_SECTIONS = {"unused-block": "blocks", "unused-variable": "vars"}


def starter_text(opened: OpenedSpec, result: Result) -> str:
    """The text of a checked spec without its other variants and what only they use.

    `result` is what checking it gave. Comments stay; where the text's layout doesn't allow to cut it,
    it is written anew.
    """
    text = _EDITOR.sub("", opened.document.source.text)
    root = read(Source(opened.label, text)).root
    assert isinstance(root, Mapping) and result.plan is not None, "the spec has no errors"
    if opened.variant is not None:
        text = _without_unused(with_base_of(text, root, opened.variant))
    return text if _comparable(check_text(text)) == _comparable(result) else result.resolved


def _comparable(result: Result) -> tuple[object, ...] | None:
    """All that two specs of the same network and training have in common."""
    plan = result.plan
    if plan is None:
        return None
    names = {value: name for name, value in plan.inputs.items()}
    names |= {node.output: node.path for node in plan.nodes}
    nodes = [(node.path, node.layer, [names.get(value) for value in node.inputs]) for node in plan.nodes]
    outputs = [(output.key, names.get(output.value), output.train_only) for output in plan.outputs]
    inputs = [(name, value.shape) for name, value in plan.inputs.items()]
    return inputs, nodes, plan.output_form, outputs, plan.init, result.data, result.train


def _without_unused(text: str) -> str:
    """Cut until nothing is left over that only another variant used."""
    while unused := [found for found in check_text(text).diagnostics if found.code in _SECTIONS]:
        section = _SECTIONS[unused[0].code]
        root = read(unused[0].place.source).root
        assert isinstance(root, Mapping), "it was read before"
        places = [found.place for found in unused if _SECTIONS[found.code] == section]
        text = without(text, root, section, places)
    return text
