"""The words of a spec's file: the variables that expressions read, and the texts that may name a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.expressions.dollar import has_dollar, variable_names
from cnnspec.reader.node import Mapping, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from cnnspec.language.spec import Spec
    from cnnspec.reader.node import Texts

_QUOTED = re.compile(r"['\"]([\w-]+)['\"]")
"""A text inside an expression: `'basic' if $small else 'bottleneck'`."""


class Mentions(NamedTuple):
    """What a file mentions."""

    variables: frozenset[str]
    """The variables of the spec that are read, in blocks too."""
    in_blocks: MappingType[str, frozenset[str]]
    """The variables and arguments that each block reads."""
    words: frozenset[str]
    """The texts, and those that stand in quotes in an expression."""


def mentions_of(spec: Spec, file: Mapping) -> Mentions:
    """The mentions in `file`, the whole file of a spec that has no errors."""
    blocks = file.get("blocks")
    bodies = {key.text: texts_of(node) for key, node in blocks} if isinstance(blocks, Mapping) else {}
    rest = [texts_of(node) for key, node in file if key.text != "blocks" and not key.text.startswith("x-")]
    reads = {name: _reads(body) for name, body in bodies.items()}
    used = {name for held in rest for name in _reads(held)}
    used |= {name for block, names in reads.items() for name in names - spec.blocks[block].args.keys()}
    chosen = [
        texts_of(entry.value) for key, entry in spec.root.entries.items() if file.get(key) is not entry.value
    ]
    texts = {text for held in (*bodies.values(), *rest, *chosen) for text in held.values}
    quoted = (word for text in texts if has_dollar(text) for word in _QUOTED.findall(text))
    return Mentions(frozenset(used), reads, frozenset({*texts, *quoted}))


def _reads(texts: Texts) -> frozenset[str]:
    """The variables that expressions read, in keys and names too."""
    filled = (text for held in texts for text in held if has_dollar(text))
    return frozenset(name for text in filled for name in variable_names(text))
