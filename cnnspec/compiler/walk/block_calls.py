"""Calls of blocks: their arguments evaluated where the call stands, and what the inside sees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnnspec.core.plain import Plain, yaml_text
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Scalar, from_plain, is_literal
from cnnspec.reader.split_at_comma import is_end_of_call

if TYPE_CHECKING:
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.core.shape import Size
    from cnnspec.language.spec import Block, Item
    from cnnspec.reader.node import Node


class Call(Scope):
    """The scope of a block's inside, and the names of the further inputs it was given."""

    sources: dict[str, Scalar]


class CallReader:
    """Reads the arguments of calls."""

    def __init__(self, reporter: Reporter, variables: Scope) -> None:
        self._reporter = reporter
        self._variables = variables

    def call(self, item: Item, block: Block, scope: Scope, channels: Size) -> Call:
        """What the inside of a block sees: its arguments, `$in_channels`, the spec's variables."""
        call = Call({}, self._variables.unknown, base=self._variables)
        call.sources = {}
        if channels is None:
            call.hide("in_channels", item.place)
        else:
            call.bind("in_channels", channels, item.place)
        try:
            item = self._named(item, block, scope)
            given = self._given(item, block)
        except Unknown:
            call.unknown |= block.args.keys()
            return call
        self._missing(item, block, given)
        call.sources = self._sources(block, given)
        for name, argument in block.args.items():
            node = given.get(name, argument.default)
            if node is None:
                call.unknown |= {name}
                continue
            try:
                value = value_of(node, scope if name in given else call, self._reporter)
            except Unknown:
                call.hide(name, node.place)
            else:
                call.bind(name, value, node.place)
        return call

    def _named(self, item: Item, block: Block, scope: Scope) -> Item:
        """The call with its arguments written out, where an expression stands for a mapping of them. Raises Unknown."""
        if isinstance(item.args, Scalar) and not is_literal(item.args):
            value = value_of(item.args, scope, self._reporter)
            if isinstance(value, dict):
                self._require_a_known_key(value, item.args, block)
                return replace(item, args=from_plain(value, item.args.place))
        return item

    def _require_a_known_key(self, value: dict[str, Plain], written: Scalar, block: Block) -> None:
        """Of a mapping that was meant as one argument no key is known: that is one mistake. Raises Unknown."""
        known = {*block.args, *block.inputs}
        if value and not any(nearest(key, known) for key in value):
            message = f"{block.name}: {written.text} holds {yaml_text(value)}, none of which it takes"
            hint = f"It takes {', '.join(known) or 'none'}."
            if block.args:
                main = next(iter(block.args))
                hint = (
                    f"Write `{block.name}: {{{main}: {written.text}}}` to give the mapping as one argument."
                )
            self._reporter.error("unknown-argument", message, written.place, hint)
            raise Unknown

    def _given(self, item: Item, block: Block) -> dict[str, Node]:
        """The arguments of a call by name; unknown ones are reported. Raises Unknown where it takes none."""
        if item.args is None:
            return {}
        if not isinstance(item.args, Mapping):
            main = next(iter(block.args), None)
            if main is None:
                self._no_main(item, block)
                raise Unknown
            return {main: item.args}
        known = {*block.args, *block.inputs}
        for key, _ in item.args:
            if key.text not in known and not is_end_of_call(key.text, item.args):
                hint = did_you_mean(key.text, known) or f"It takes {', '.join(known) or 'none'}."
                message = f"{block.name}: {key.text} is not one of its arguments"
                self._reporter.error("unknown-argument", message, key.place, hint)
        return {key.text: node for key, node in item.args}

    def _no_main(self, item: Item, block: Block) -> None:
        assert item.args is not None, "the call has an argument"
        message, hint = f"{block.name} takes no argument", f"Write `{block.name}`."
        if block.inputs:
            first, *others = block.inputs
            named = [f"{first}: {yaml_text(item.args.plain())}", *(f"{name}: …" for name in others)]
            message, hint = (
                f"{block.name} has no main argument",
                f"Name it: `{block.name}: {{{', '.join(named)}}}`.",
            )
        self._reporter.error("no-main-argument", message, item.args.place, hint)

    def _missing(self, item: Item, block: Block, given: dict[str, Node]) -> None:
        """Report, as one mistake, what the call lacks: but not where a misspelt name was meant to be it."""
        stray = set(_written(item)) - block.args.keys() - block.inputs.keys()
        required = [*(name for name, arg in block.args.items() if arg.default is None), *block.inputs]
        lacking = [name for name in required if name not in given]
        told = [name for name in lacking if not any(nearest(word, [name]) for word in stray)]
        if not told:
            return
        wanted = {name: "…" if name in lacking else yaml_text(given[name].plain()) for name in required}
        arguments = ", ".join(f"{name}: {value}" for name, value in wanted.items())
        message = f"{block.name}: {' and '.join(told)} {'is' if len(told) == 1 else 'are'} missing"
        hint = f"Write `{block.name}: {{{arguments}}}`."
        self._reporter.error("missing-argument", message, item.place, hint)

    def _sources(self, block: Block, given: dict[str, Node]) -> dict[str, Scalar]:
        sources: dict[str, Scalar] = {}
        for name in block.inputs:
            node = given.get(name)
            if isinstance(node, Scalar) and node.text:
                sources[name] = node
            elif node is not None:
                message = f"{block.name}: {name} is {yaml_text(node.plain())}, it must be the name of an item"
                self._reporter.error("bad-value", message, node.place, f"Write `{name}: stem`.")
        return sources


def _written(item: Item) -> dict[str, Node]:
    return {key.text: node for key, node in item.args} if isinstance(item.args, Mapping) else {}
