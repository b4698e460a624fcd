"""Arguments where an item is reached: expressions evaluated, layers validated, blocks called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.language.node import Mapping, Scalar, from_plain
from cnnspec.language.problems import shown, torn_off
from cnnspec.language.scope import Scope
from cnnspec.language.validation import no_main_argument
from cnnspec.language.values import Unknown, is_literal, value_of
from cnnspec.layers import KINDS, MERGES, layer_class

if TYPE_CHECKING:
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.core.diagnostic import Place
    from cnnspec.core.shape import Size
    from cnnspec.language.expression import Value
    from cnnspec.language.node import Node
    from cnnspec.language.spec import Block, Form, Item, Spec
    from cnnspec.layers.base import Layer


class Call(Scope):
    """The scope of a block's inside, and the names of the further inputs it was given."""

    sources: dict[str, Scalar]


class _Written(NamedTuple):
    """Named arguments: those that mean the same in every scope, with their values, and the others."""

    literals: dict[str, Value]
    expressions: list[tuple[str, Node]]
    args: Mapping
    """Kept, so that its identity stays its own."""

    @classmethod
    def of(cls, args: Mapping) -> _Written:
        """Told apart once, however often the item is reached."""
        literals = {key.text: node.plain() for key, node in args if is_literal(node)}
        return cls(literals, [(key.text, node) for key, node in args if key.text not in literals], args)


class _Told:
    """Arguments that are spoken of elsewhere: failed expressions, and literals, checked when they were read."""

    def __init__(self, item: Item, failed: set[str]) -> None:
        self._item = item
        self._failed = failed

    def __contains__(self, name: object) -> bool:
        if name in self._failed:
            return True
        node = _written(self._item).get(str(name)) if self._item.seen else None
        return node is not None and is_literal(node)


class ArgumentReader:
    """Makes layers and calls from items; equal arguments give the same layer object."""

    def __init__(self, spec: Spec, reporter: Reporter, variables: Scope) -> None:
        self._spec = spec
        self._reporter = reporter
        self._variables = variables
        self._written: dict[int, _Written] = {}

    def layer(self, item: Item, scope: Scope) -> Layer | None:
        """The item's layer, or None after reporting what is wrong with its arguments."""
        if item.literal:
            return item.layer
        model = layer_class(item.kind)
        try:
            values, failed = self._values(model, item, scope)
        except Unknown:
            return None
        layer = self._spec.made.make(model, values, item, told=_Told(item, failed))
        return None if failed else layer

    def _values(self, model: type[Layer], item: Item, scope: Scope) -> tuple[dict[str, Any], set[str]]:
        """The arguments' values, and the names of those whose expressions fail."""
        if isinstance(item.args, Mapping):
            return self._named_values(item.args, scope)
        assert item.args is not None
        value = value_of(item.args, scope, self._reporter)
        if isinstance(value, dict):
            return value, set()
        if model.main is None:
            self._reporter.error(*no_main_argument(model, item))
            raise Unknown
        return {model.main: value}, set()

    def _named_values(self, args: Mapping, scope: Scope) -> tuple[dict[str, Any], set[str]]:
        written = self._written.get(id(args))
        if written is None:
            written = self._written[id(args)] = _Written.of(args)
        values = dict(written.literals)
        failed: set[str] = set()
        for name, node in written.expressions:
            try:
                values[name] = value_of(node, scope, self._reporter)
            except Unknown:
                failed.add(name)
        return values, failed

    def call(self, item: Item, block: Block, scope: Scope, channels: Size) -> Call:
        """What the inside of a block sees: its arguments, `$in_channels`, the spec's variables."""
        call = Call(self._variables, self._variables.unknown, self._variables.places)
        call.blind = self._variables.blind
        call.sources = {}
        self._set(call, "in_channels", channels, item.place)
        try:
            item = self._named(item, block, scope)
        except Unknown:
            call.unknown |= block.args.keys()
            return call
        given = self._given(item, block)
        call.sources = self._sources(item, block, given)
        for name, argument in block.args.items():
            node = given.get(name, argument.default)
            if node is None:
                self._missing(item, block, name)
                call.unknown |= {name}
                continue
            try:
                value = value_of(node, scope if name in given else call, self._reporter)
                self._set(call, name, value, node.place)
            except Unknown:
                self._set(call, name, None, node.place, known=False)
        return call

    def _set(self, call: Call, name: str, value: Value, place: Place, *, known: bool | None = None) -> None:
        call.pop(name, None)
        call.unknown -= {name}
        call.places[name] = place
        if known is False or (name == "in_channels" and value is None):
            call.unknown |= {name}
        else:
            call[name] = value

    def _named(self, item: Item, block: Block, scope: Scope) -> Item:
        """The call with its arguments written out, where an expression stands for a mapping of them. Raises Unknown."""
        if isinstance(item.args, Scalar) and not is_literal(item.args):
            value = value_of(item.args, scope, self._reporter)
            if isinstance(value, dict):
                self._require_a_known_key(value, item.args, block)
                return replace(item, args=from_plain(value, item.args.place))
        return item

    def _require_a_known_key(self, value: dict[str, Value], written: Scalar, block: Block) -> None:
        """Of a mapping that was meant as one argument no key is known: that is one mistake. Raises Unknown."""
        known = {*block.args, *block.inputs}
        if value and not any(nearest(key, known) for key in value):
            message = f"{block.name}: {written.text} holds {shown(value)}, none of which it takes"
            hint = f"It takes {', '.join(known) or 'none'}."
            if block.args:
                main = next(iter(block.args))
                hint = (
                    f"Write `{block.name}: {{{main}: {written.text}}}` to give the mapping as one argument."
                )
            self._reporter.error("unknown-argument", message, written.place, hint)
            raise Unknown

    def _given(self, item: Item, block: Block) -> dict[str, Node]:
        """The arguments of a call by name; unknown ones are reported."""
        if item.args is None:
            return {}
        if not isinstance(item.args, Mapping):
            main = next(iter(block.args), None)
            if main is None:
                message = f"{block.name} takes no argument"
                self._reporter.error("no-main-argument", message, item.args.place, f"Write `{block.name}`.")
                return {}
            return {main: item.args}
        known = {*block.args, *block.inputs}
        for key, _ in item.args:
            if key.text not in known and not torn_off(key.text, item.args):
                hint = did_you_mean(key.text, known) or f"It takes {', '.join(known) or 'none'}."
                message = f"{block.name}: {key.text} is not one of its arguments"
                self._reporter.error("unknown-argument", message, key.place, hint)
        return {key.text: node for key, node in item.args}

    def _missing(self, item: Item, block: Block, name: str) -> None:
        written = set(_written(item))
        if any(nearest(word, [name]) for word in written - set(block.args)):
            return
        message = f"{block.name}: {name} is missing"
        hint = f"Write {block.name}: {{{name}: …}}."
        self._reporter.error("missing-argument", message, item.place, hint)

    def _sources(self, item: Item, block: Block, given: dict[str, Node]) -> dict[str, Scalar]:
        sources: dict[str, Scalar] = {}
        for name in block.inputs:
            node = given.get(name)
            if isinstance(node, Scalar) and node.text:
                sources[name] = node
            elif node is None:
                self._missing(item, block, name)
            else:
                message = f"{block.name}: {name} is {shown(node.plain())}, it must be the name of an item"
                self._reporter.error("bad-value", message, node.place, f"Write `{name}: stem`.")
        return sources


def dynamic_item(item: Item, scope: Scope, spec: Spec, reporter: Reporter) -> Item:
    """An item whose kind is an expression, as what it turns out to be."""
    try:
        kind = value_of(Scalar(item.kind, item.kind, item.place), scope, reporter)
    except Unknown:
        return replace(item, form="broken")
    if not isinstance(kind, str):
        message = f"{item.kind} is {shown(kind)}, a layer's kind is a text"
        reporter.error("unknown-kind", message, item.place, "Use a variable that holds a kind's name.")
        return replace(item, form="broken")
    form: Form = "block" if kind in spec.blocks else "layer"
    if kind in MERGES or (kind not in KINDS and kind not in spec.blocks):
        hint = did_you_mean(kind, [*KINDS, *spec.blocks])
        message = f"{item.kind} is {kind}, which is no layer kind"
        if kind in MERGES:
            message, hint = (
                f"{item.kind} is {kind}: a merge is written by its own name",
                f"Write `{kind}: […]`.",
            )
        reporter.error("unknown-kind", message, item.place, hint)
        return replace(item, form="broken")
    return (
        replace(item, kind=kind, form=form, literal=False, seen=False)
        if item.args
        else _without_arguments(item, kind, form, spec)
    )


def _without_arguments(item: Item, kind: str, form: Form, spec: Spec) -> Item:
    found = replace(item, kind=kind, form=form, literal=True)
    if form == "layer":
        found.layer = spec.made.make(layer_class(kind), {}, found)
    return found


def _written(item: Item) -> dict[str, Node]:
    return {key.text: node for key, node in item.args} if isinstance(item.args, Mapping) else {}
