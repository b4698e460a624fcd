"""Warnings of blocks, arguments and variables that nothing uses: as a rule, a name was meant elsewhere.

What counts is the text of the file, not what a variant or a `when` makes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.language.spec import every
from cnnspec.reader.node import Mapping, has_dollar, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.language.spec import Block, Spec
    from cnnspec.reader.node import Texts


_QUOTED = re.compile(r"['\"]([\w-]+)['\"]")
"""A text inside an expression: `'basic' if $small else 'bottleneck'`."""


def warn_of_unused(spec: Spec, root: Mapping, reporter: Reporter) -> None:
    """Report what nothing in `root`, the whole file, uses. The spec has no errors."""
    if not spec.variables and not spec.blocks:
        return
    blocks = root.get("blocks")
    bodies = {key.text: texts_of(node) for key, node in blocks} if isinstance(blocks, Mapping) else {}
    rest = [texts_of(node) for key, node in root if key.text != "blocks" and not key.text.startswith("x-")]
    reads = {name: _reads(body) for name, body in bodies.items()}
    used = set().union(*map(_reads, rest))
    used |= {name for block, names in reads.items() for name in names - spec.blocks[block].args.keys()}
    _warn_of_variables(root, used, reporter)
    texts = [text for held in (*bodies.values(), *rest, texts_of(spec.root)) for text in held.values]
    quoted = (word for text in texts if has_dollar(text) for word in _QUOTED.findall(text))
    _warn_of_blocks(spec, {*texts, *quoted}, reporter)
    for name, block in spec.blocks.items():
        _warn_of_arguments(block, reads[name], reporter)


def _warn_of_variables(root: Mapping, used: set[str], reporter: Reporter) -> None:
    variables = root.get("vars")
    for key, _ in variables if isinstance(variables, Mapping) else ():
        if key.text not in used:
            message = f"nothing uses the variable {key.text}"
            hint = f"Write ${key.text} where it belongs, or take it out."
            reporter.warning("unused-variable", message, key.place, hint)


def _warn_of_blocks(spec: Spec, texts: set[str], reporter: Reporter) -> None:
    """A block is used when a chain of calls leads from `layers` to it; `texts` may be a call's kind."""
    used: set[str] = set()
    todo = [spec.layers]
    while todo:
        for item in every(todo.pop()):
            called = (
                texts & spec.blocks.keys() if item.form == "dynamic" else {item.kind} & spec.blocks.keys()
            )
            todo += [spec.blocks[name].body for name in called - used]
            used |= called
    for name, block in spec.blocks.items():
        if name not in used:
            hint = f"Write it as an item, as in `- {name}`, or take it out."
            reporter.warning("unused-block", f"nothing uses the block {name}", block.place, hint)


def _warn_of_arguments(block: Block, read: set[str], reporter: Reporter) -> None:
    for name, argument in block.args.items():
        if name not in read:
            message = f"block {block.name} never uses its argument {name}"
            hint = f"Write ${name} where it belongs, or take it out."
            reporter.warning("unused-argument", message, argument.key.place, hint)
    named = set(_names_in(block)) if block.inputs else ()
    for name, key in block.inputs.items():
        if not any(_may_name(text, name) for text in named):
            message = f"block {block.name} never uses its input {name}"
            hint = f"Name it, as in `from: {name}`, or take it out."
            reporter.warning("unused-argument", message, key.place, hint)


def _names_in(block: Block) -> Iterator[str]:
    """The texts in a block that name values: `from`, branches, and what its layers and calls are given."""
    for item in every(block.body):
        if item.source is not None:
            yield item.source.text
        yield from (branch.name.text for branch in item.branches if branch.name is not None)
        if item.args is not None:
            yield from (text for text in texts_of(item.args).values if not has_dollar(text))


def _may_name(text: str, name: str) -> bool:
    """Whether a text is a value's name, or begins as it does before a `$` fills in the rest."""
    start, filled, _ = text.partition("$")
    return name.startswith(start) if filled else text == name


def _reads(texts: Texts) -> set[str]:
    """The variables that expressions read, in keys and names too."""
    from cnnspec.expressions import names  # noqa: PLC0415 -- most specs have no expression

    filled = (text for held in texts for text in held if has_dollar(text))
    return {name for text in filled for name in names(text)}
