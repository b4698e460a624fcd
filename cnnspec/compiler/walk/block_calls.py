"""Calls of blocks: their arguments evaluated where the call stands, and what the inside sees."""

from __future__ import annotations

from collections.abc import Container
from itertools import islice
from typing import NamedTuple

from cnnspec.compiler.walk.frame import Frame
from cnnspec.compiler.walk.reporter import Reporter
from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain_values import Plain, yaml_text
from cnnspec.core.shape import Size
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Block, Item
from cnnspec.language.values import Unknown, value_of, variables_in
from cnnspec.reader.node import Mapping, Node, Scalar, from_plain, is_literal
from cnnspec.reader.split_at_comma import is_end_of_call


class BlockScope(NamedTuple):
    """What the inside of a block sees: its variables, and the names of the further inputs it was given."""

    scope: Scope
    sources: dict[str, Scalar]


class CallArgument(NamedTuple):
    """An argument of a block as one call gives it, or as its default does."""

    name: str
    node: Node | None
    """None where the call lacks it."""
    is_default: bool
    """Whether it is the default: evaluated in the block's scope, not in the caller's."""


class CallSite(NamedTuple):
    """What the text of a call says, whatever its expressions give."""

    literals: dict[str, Plain]
    """The arguments that are no expressions, which no default before them reads."""
    parameters: tuple[CallArgument, ...]
    """The others, in the order of the block."""
    places: dict[str, Place]
    """Where each variable of the inside gets its value."""
    sources: dict[str, Scalar]


class CallReader:
    """Reads the arguments of calls."""

    def __init__(self, variables: Scope) -> None:
        self._variables = variables
        self._sites: dict[Item, CallSite] = {}
        """Call sites without mistakes, by item."""
        self._sites_by_keys: dict[tuple[Item, frozenset[str]], CallSite] = {}
        """The same for calls with one mapping expression, by item and its keys."""

    def call(self, item: Item, block: Block, frame: Frame, channels: Size) -> BlockScope:
        """What the inside of a block sees: its arguments, `$in_channels`, the spec's variables."""
        given: dict[str, Plain] = {}
        try:
            if isinstance(item.args, Scalar) and not is_literal(item.args):
                value = value_of(item.args, frame.scope, frame.reporter)
                if isinstance(value, dict):
                    return self._call_with_mapping(item, item.args, block, value, frame, channels)
                given = dict.fromkeys(islice(block.args, 1), value)
            site = self._site(item, block, frame.reporter)
        except Unknown:
            scope = self._scope(block, channels, {"in_channels": item.place})
            scope.unknown |= block.args.keys()
            return BlockScope(scope, {})
        return self._call(site, given, block, frame, channels)

    def _call_with_mapping(
        self,
        item: Item,
        written: Scalar,
        block: Block,
        value: dict[str, Plain],
        frame: Frame,
        channels: Size,
    ) -> BlockScope:
        """A call whose one expression gives a mapping of arguments. Raises Unknown."""
        key = (item, frozenset(value))
        site = self._sites_by_keys.get(key)
        if site is not None:
            return self._call(site, value, block, frame, channels)
        known = block.args.keys() | block.inputs.keys()
        if value and known.isdisjoint(value) and not any(nearest(key, known) for key in value):
            _no_known_key(value, written, block, frame.reporter)
            raise Unknown
        before = frame.reporter.report.total
        site = _checked_site(item, from_plain(value, written.place), block, frame.reporter, value)
        if frame.reporter.report.total == before and not block.inputs:
            self._sites_by_keys[key] = site
        return self._call(site, value, block, frame, channels)

    def _site(self, item: Item, block: Block, reporter: Reporter) -> CallSite:
        """What the call's text says; what is wrong with it is reported each time that it is reached. Raises Unknown."""
        site = self._sites.get(item)
        if site is None:
            before = reporter.report.total
            site = _checked_site(item, item.args, block, reporter, ())
            if reporter.report.total == before:
                self._sites[item] = site
        return site

    def _call(
        self, site: CallSite, given: dict[str, Plain], block: Block, frame: Frame, channels: Size
    ) -> BlockScope:
        """The arguments that are `given` already, and those that stand at the call or are left at their defaults."""
        scope = self._scope(block, channels, site.places)
        scope.update(site.literals)
        for name, node, is_default in site.parameters:
            if name in given:
                scope[name] = given[name]
            elif node is None:
                scope.unknown |= {name}
            else:
                try:
                    scope[name] = value_of(node, scope if is_default else frame.scope, frame.reporter)
                except Unknown:
                    scope.unknown |= {name}
        return BlockScope(scope, site.sources)

    def _scope(self, block: Block, channels: Size, places: dict[str, Place]) -> Scope:
        """The inside of a block before its arguments are bound."""
        unknown = self._variables.unknown
        if unknown:
            unknown = unknown.difference(block.args, ("in_channels",))
        if channels is None:
            return Scope({}, unknown | {"in_channels"}, places, self._variables)
        return Scope({"in_channels": channels}, unknown, places, self._variables)


def _no_known_key(value: dict[str, Plain], written: Scalar, block: Block, findings: Findings) -> None:
    """Report a mapping none of whose keys is an argument of the block."""
    message = f"{block.name}: {written.text} holds {yaml_text(value)}, none of which it takes"
    hint = f"It takes {', '.join([*block.args, *block.inputs]) or 'none'}."
    if block.args:
        main = next(iter(block.args))
        hint = f"Write `{block.name}: {{{main}: {written.text}}}` to give the mapping as one argument."
    findings.error("unknown-argument", message, written.place, hint)


def _checked_site(
    item: Item, args: Node | None, block: Block, findings: Findings, values: Container[str]
) -> CallSite:
    """What the call says, its mistakes reported; `values` names arguments that differ from call to call."""
    given = _arguments(args, block, findings)
    _report_missing(item, block, given, findings)
    literals: dict[str, Plain] = {}
    parameters: list[CallArgument] = []
    read: set[str] = set()
    for name, argument in block.args.items():
        node = given.get(name, argument.default)
        if node is not None and name not in values and name not in read and is_literal(node):
            literals[name] = node.plain()
            continue
        parameters.append(CallArgument(name, node, name not in given))
        if node is not None and name not in given:
            read |= variables_in(node)
    places = {name: given.get(name, argument.default) for name, argument in block.args.items()}
    written = {name: node.place for name, node in places.items() if node is not None}
    sources = _sources(block, given, findings)
    return CallSite(literals, tuple(parameters), {"in_channels": item.place, **written}, sources)


def _arguments(args: Node | None, block: Block, findings: Findings) -> dict[str, Node]:
    """The arguments of a call by name; unknown ones are reported. Raises Unknown where it takes none."""
    if args is None:
        return {}
    if not isinstance(args, Mapping):
        main = next(iter(block.args), None)
        if main is None:
            _report_no_main(args, block, findings)
            raise Unknown
        return {main: args}
    known = block.args.keys() | block.inputs.keys()
    for key, _ in args:
        if key.text not in known and not is_end_of_call(key.text, args):
            names = [*block.args, *block.inputs]
            hint = did_you_mean(key.text, names) or f"It takes {', '.join(names) or 'none'}."
            message = f"{block.name}: {key.text} is not one of its arguments"
            findings.error("unknown-argument", message, key.place, hint)
    return {key.text: node for key, node in args}


def _report_no_main(args: Node, block: Block, findings: Findings) -> None:
    message, hint = f"{block.name} takes no argument", f"Write `{block.name}`."
    if block.inputs:
        first, *others = block.inputs
        named = [f"{first}: {yaml_text(args.plain())}", *(f"{name}: …" for name in others)]
        message, hint = (
            f"{block.name} has no main argument",
            f"Name it: `{block.name}: {{{', '.join(named)}}}`.",
        )
    findings.error("no-main-argument", message, args.place, hint)


def _report_missing(item: Item, block: Block, given: dict[str, Node], findings: Findings) -> None:
    """Report, as one mistake, what the call lacks: but not where a misspelt name was meant to be it."""
    required = [*(name for name, arg in block.args.items() if arg.default is None), *block.inputs]
    lacking = [name for name in required if name not in given]
    if not lacking:
        return
    unknown = given.keys() - block.args.keys() - block.inputs.keys()
    missing = [name for name in lacking if not any(nearest(word, [name]) for word in unknown)]
    if not missing:
        return
    example = {name: "…" if name in lacking else yaml_text(given[name].plain()) for name in required}
    arguments = ", ".join(f"{name}: {value}" for name, value in example.items())
    message = f"{block.name}: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    hint = f"Write `{block.name}: {{{arguments}}}`."
    findings.error("missing-argument", message, item.place, hint)


def _sources(block: Block, given: dict[str, Node], findings: Findings) -> dict[str, Scalar]:
    sources: dict[str, Scalar] = {}
    for name in block.inputs:
        node = given.get(name)
        if isinstance(node, Scalar) and node.text:
            sources[name] = node
        elif node is not None:
            message = f"{block.name}: {name} is {yaml_text(node.plain())}, it must be the name of an item"
            findings.error("bad-value", message, node.place, f"Write `{name}: stem`.")
    return sources
