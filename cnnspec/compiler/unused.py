"""Warnings of blocks, arguments and variables that nothing uses: as a rule, a name was meant elsewhere.

What counts is the text of the file, not what a variant or a `when` makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.language.node import Mapping, Scalar, Sequence
from cnnspec.language.values import has_dollar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.compiler.reporter import Reporter
    from cnnspec.language.node import Node
    from cnnspec.language.spec import Block, Item, Spec


def warn_of_unused(spec: Spec, root: Mapping, reporter: Reporter) -> None:
    """Report what nothing in `root`, the whole file, uses. The spec has no errors."""
    if not spec.variables and not spec.blocks:
        return
    blocks = root.get("blocks")
    bodies = {key.text: node for key, node in blocks} if isinstance(blocks, Mapping) else {}
    _warn_of_variables(spec, root, bodies, reporter)
    _warn_of_blocks(spec, root, reporter)
    for name, block in spec.blocks.items():
        _warn_of_arguments(block, bodies[name], reporter)


def _warn_of_variables(spec: Spec, root: Mapping, bodies: dict[str, Node], reporter: Reporter) -> None:
    sections = [node for key, node in root if key.text != "blocks" and not key.text.startswith("x-")]
    used = {name for section in sections for name in _read_in(section)}
    for name, node in bodies.items():
        used |= _read_in(node) - spec.blocks[name].args.keys()
    variables = root.get("vars")
    for key, _ in variables if isinstance(variables, Mapping) else ():
        if key.text not in used:
            message = f"nothing uses the variable {key.text}"
            hint = f"Write ${key.text} where it belongs, or take it out."
            reporter.warning("unused-variable", message, key.place, hint)


def _warn_of_blocks(spec: Spec, root: Mapping, reporter: Reporter) -> None:
    """A block is used when a chain of calls leads from `layers` to it."""
    used: set[str] = set()
    todo = [spec.layers]
    while todo:
        for item in _items(todo.pop()):
            named = set(_texts_in(root, keys=False)) if item.form == "dynamic" else {item.kind}
            for name in (named & spec.blocks.keys()) - used:
                used.add(name)
                todo.append(spec.blocks[name].body)
    for name, block in spec.blocks.items():
        if name not in used:
            hint = f"Write it as an item, as in `- {name}`, or take it out."
            reporter.warning("unused-block", f"nothing uses the block {name}", block.place, hint)


def _warn_of_arguments(block: Block, node: Node, reporter: Reporter) -> None:
    read = _read_in(node)
    for name, argument in block.args.items():
        if name not in read:
            message = f"block {block.name} never uses its argument {name}"
            hint = f"Write ${name} where it belongs, or take it out."
            reporter.warning("unused-argument", message, argument.key.place, hint)
    if not block.inputs:
        return
    named = set(_texts_in(node.get("layers") if isinstance(node, Mapping) else None, keys=False))
    for name, key in block.inputs.items():
        if not any(_may_name(text, name) for text in named):
            message = f"block {block.name} never uses its input {name}"
            hint = f"Name it, as in `from: {name}`, or take it out."
            reporter.warning("unused-argument", message, key.place, hint)


def _may_name(text: str, name: str) -> bool:
    """Whether a text is a value's name, or begins as it does before a `$` fills in the rest."""
    start, filled, _ = text.partition("$")
    return name.startswith(start) if filled and start else text == name


def _items(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _items(item.body)
        for branch in item.branches:
            yield from _items(branch.items)


def _read_in(node: Node) -> set[str]:
    """The variables that expressions read anywhere in a node, keys and names included."""
    from cnnspec.language.expression import names  # noqa: PLC0415 -- most specs have no expression

    return {name for text in _texts_in(node) if has_dollar(text) for name in names(text)}


def _texts_in(node: Node | None, *, keys: bool = True) -> Iterator[str]:
    """Every text in a node."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts_in(item, keys=keys)
    elif isinstance(node, Mapping):
        for key, value in node:
            if keys:
                yield key.text
            yield from _texts_in(value, keys=keys)
