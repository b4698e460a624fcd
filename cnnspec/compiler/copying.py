"""A spec of one's own to start from: another's text, with the variant made its base."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compiler.check import Result, check_text
from cnnspec.core.diagnostic import Source
from cnnspec.language.excerpt import of_variant, without
from cnnspec.language.node import Mapping
from cnnspec.language.source import read

if TYPE_CHECKING:
    from cnnspec.compiler.library import Opened
    from cnnspec.compiler.plan import Plan
    from cnnspec.core.shape import Shape
    from cnnspec.layers.base import Layer

_EDITOR = re.compile(r"\A# yaml-language-server: .*\n")
"""Where an editor finds the schema, as seen from `specs/`."""
_SECTIONS = {"unused-block": "blocks", "unused-variable": "vars"}


def starting_text(opened: Opened, result: Result) -> str:
    """The text of a checked spec without its other variants and what only they use.

    `result` is what checking it gave. Comments stay; where the text's layout doesn't allow to cut it,
    it is written anew.
    """
    text = _EDITOR.sub("", opened.document.source.text)
    root = read(Source(opened.label, text)).root
    assert isinstance(root, Mapping) and result.plan is not None, "the spec has no errors"
    if opened.variant is not None:
        text = _without_unused(of_variant(text, root, opened.variant))
    again = check_text(text).plan
    same = again is not None and _layers(again) == _layers(result.plan)
    return text if same else result.resolved


def _layers(plan: Plan) -> list[tuple[str, Layer | None, Shape | None]]:
    return [(node.path, node.layer, node.output.shape) for node in plan.nodes]


def _without_unused(text: str) -> str:
    """Cut until nothing is left over that only another variant used."""
    while unused := [found for found in check_text(text).diagnostics if found.code in _SECTIONS]:
        section = _SECTIONS[unused[0].code]
        root = read(unused[0].place.source).root
        assert isinstance(root, Mapping), "it was read before"
        places = [found.place for found in unused if _SECTIONS[found.code] == section]
        text = without(text, root, section, places)
    return text
