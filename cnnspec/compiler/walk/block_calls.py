"""Calls of blocks: their arguments evaluated where the call stands, and what the inside sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of
from cnnspec.reader.node import Mapping, Scalar, from_plain, is_literal
from cnnspec.reader.split_at_comma import is_end_of_call

if TYPE_CHECKING:
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.core.diagnostic import Findings
    from cnnspec.core.plain_values import Plain
    from cnnspec.core.shape import Size
    from cnnspec.language.spec import Block, Item
    from cnnspec.reader.node import Node


class Call(Scope):
    """The scope of a block's inside, and the names of the further inputs it was given."""

    sources: dict[str, Scalar]


class Parameter(NamedTuple):
    """An argument of a block as one call gives it, or as its default does."""

    name: str
    node: Node | None
    """None where the call lacks it."""
    is_default: bool
    """Whether it is the default, which sees the arguments before it, not what stands around the call."""


class CallSite(NamedTuple):
    """What the text of a call says, whatever its expressions give."""

    item: Item
    """Kept, so that its identity stays its own."""
    parameters: tuple[Parameter, ...]
    sources: dict[str, Scalar]


class CallReader:
    """Reads the arguments of calls."""

    def __init__(self, variables: Scope) -> None:
        self._variables = variables
        self._sites: dict[int, CallSite] = {}
        """By the identity of the item; those of which nothing had to be reported."""

    def call(self, item: Item, block: Block, frame: Frame, channels: Size) -> Call:
        """What the inside of a block sees: its arguments, `$in_channels`, the spec's variables."""
        call = Call({}, self._variables.unknown, base=self._variables)
        call.sources = {}
        if channels is None:
            call.hide("in_channels", item.place)
        else:
            call.bind("in_channels", channels, item.place)
        try:
            if isinstance(item.args, Scalar) and not is_literal(item.args):
                value = value_of(item.args, frame.scope, frame.reporter)
                if isinstance(value, dict):
                    return self._unpacked(call, item, block, value, frame)
            site = self._site(item, block, frame.reporter)
        except Unknown:
            call.unknown |= block.args.keys()
            return call
        _bind(call, site, frame)
        return call

    def _unpacked(self, call: Call, item: Item, block: Block, value: dict[str, Plain], frame: Frame) -> Call:
        """A call whose one expression gives a mapping of arguments. Raises Unknown."""
        assert isinstance(item.args, Scalar), "it is an expression"
        known = block.args.keys() | block.inputs.keys()
        if value and known.isdisjoint(value) and not any(nearest(key, known) for key in value):
            _no_known_key(value, item.args, block, frame.reporter)
            raise Unknown
        args = from_plain(value, item.args.place)
        _bind(call, _checked_site(item, args, block, frame.reporter), frame)
        return call

    def _site(self, item: Item, block: Block, findings: Reporter) -> CallSite:
        """What the call's text says; what is wrong with it is reported each time that it is reached. Raises Unknown."""
        site = self._sites.get(id(item))
        if site is None:
            before = findings.findings.total
            site = _checked_site(item, item.args, block, findings)
            if findings.findings.total == before:
                self._sites[id(item)] = site
        return site


def _bind(call: Call, site: CallSite, frame: Frame) -> None:
    call.sources = site.sources
    for name, node, is_default in site.parameters:
        if node is None:
            call.unknown |= {name}
            continue
        try:
            value = value_of(node, call if is_default else frame.scope, frame.reporter)
        except Unknown:
            call.hide(name, node.place)
        else:
            call.bind(name, value, node.place)


def _no_known_key(value: dict[str, Plain], written: Scalar, block: Block, findings: Findings) -> None:
    """Of a mapping that was meant as one argument no key is known: that is one mistake."""
    message = f"{block.name}: {written.text} holds {yaml_text(value)}, none of which it takes"
    hint = f"It takes {', '.join([*block.args, *block.inputs]) or 'none'}."
    if block.args:
        main = next(iter(block.args))
        hint = f"Write `{block.name}: {{{main}: {written.text}}}` to give the mapping as one argument."
    findings.error("unknown-argument", message, written.place, hint)


def _checked_site(item: Item, args: Node | None, block: Block, findings: Findings) -> CallSite:
    given = _given(args, block, findings)
    _missing(item, block, given, findings)
    parameters = tuple(
        Parameter(name, given.get(name, argument.default), name not in given)
        for name, argument in block.args.items()
    )
    return CallSite(item, parameters, _sources(block, given, findings))


def _given(args: Node | None, block: Block, findings: Findings) -> dict[str, Node]:
    """The arguments of a call by name; unknown ones are reported. Raises Unknown where it takes none."""
    if args is None:
        return {}
    if not isinstance(args, Mapping):
        main = next(iter(block.args), None)
        if main is None:
            _no_main(args, block, findings)
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


def _no_main(args: Node, block: Block, findings: Findings) -> None:
    message, hint = f"{block.name} takes no argument", f"Write `{block.name}`."
    if block.inputs:
        first, *others = block.inputs
        named = [f"{first}: {yaml_text(args.plain())}", *(f"{name}: …" for name in others)]
        message, hint = (
            f"{block.name} has no main argument",
            f"Name it: `{block.name}: {{{', '.join(named)}}}`.",
        )
    findings.error("no-main-argument", message, args.place, hint)


def _missing(item: Item, block: Block, given: dict[str, Node], findings: Findings) -> None:
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
