"""The words of a spec's file: the variables that expressions read, and the texts that may name a block."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from typing import NamedTuple

from cnnspec.expressions.variables import variable_names
from cnnspec.language.spec import Spec
from cnnspec.reader.node import Mapping, Texts, texts_of

_QUOTED = re.compile(r"['\"]([\w-]+)['\"]")
"""A text inside an expression: `'basic' if $small else 'bottleneck'`."""


class NameUses(NamedTuple):
    """The variables that are read."""

    variables: frozenset[str]
    """Those of the spec, in blocks too."""
    in_blocks: MappingType[str, frozenset[str]]
    """The variables and arguments that each block reads."""


def name_uses(spec: Spec, file: Mapping) -> NameUses:
    """What is read in `file`, the whole file of a spec that has no errors."""
    in_blocks = {name: _reads(texts_of(block.node)) for name, block in spec.blocks.items()}
    used = {
        name
        for key, node in file
        if key.text != "blocks" and not key.text.startswith("x-")
        for name in _reads(texts_of(node))
    }
    used |= {name for block, names in in_blocks.items() for name in names - spec.blocks[block].args.keys()}
    return NameUses(frozenset(used), in_blocks)


def words(spec: Spec, file: Mapping) -> frozenset[str]:
    """The texts in `file` and in what a variant or a setting puts in its stead, and those in quotes in an expression."""
    chosen = [entry.value for key, entry in spec.root.entries.items() if file.get(key) is not entry.value]
    written = [node for key, node in file if not key.text.startswith("x-")]
    texts = {text for node in (*written, *chosen) for text in texts_of(node).values}
    quoted = (word for text in texts if "$" in text for word in _QUOTED.findall(text))
    return frozenset({*texts, *quoted})


def _reads(texts: Texts) -> frozenset[str]:
    """The variables that expressions read, in keys and names too."""
    return frozenset(name for held in texts for text in held if "$" in text for name in variable_names(text))
