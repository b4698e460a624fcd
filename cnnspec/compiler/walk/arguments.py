"""Arguments where an item is reached: expressions evaluated, layers validated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnspec.compiler.walk.reporter import ArgumentReporter
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.layer_arguments import no_main_argument
from cnnspec.language.values import Unknown, text_of, value_of, variables_in
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Mapping, Scalar, is_literal

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.core.plain_values import Plain
    from cnnspec.language.layer_arguments import LayerFactory
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Form, Item, Spec
    from cnnspec.layers.base import Layer


class Layers(NamedTuple):
    """The layers that an item with expressions was found to be, by what they depend on."""

    variables: tuple[str, ...]
    """Those that the expressions read and that differ from place to place: not the spec's own."""
    found: dict[Hashable, Layer]
    """By the variables' values and the types of these."""

    def key(self, scope: Scope) -> Hashable:
        """What the item's layer depends on here; all that it depends on is known."""
        values = [scope[name] for name in self.variables]
        key = (*values, *map(type, values))
        try:
            hash(key)
        except TypeError:
            return repr(values)
        return key


class ArgumentReader:
    """Makes layers from items; equal arguments give the same layer object."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._factory: LayerFactory = spec.layer_factory
        self._layers: dict[Item, Layers] = {}
        self._items_of_kind: dict[tuple[Item, str], Item] = {}
        """By an item whose kind is an expression, and the kind that this gives."""

    def layer(self, item: Item, frame: Frame) -> Layer | None:
        """The item's layer, or None after reporting what is wrong with its arguments."""
        if item.literal:
            return item.layer
        scope = frame.scope
        if scope.unknown or scope.blind:
            return self._evaluated(item, frame)
        layers = self._layers.get(item)
        if layers is None:
            layers = self._layers[item] = _layers_of(item, scope)
        key = layers.key(scope)
        layer = layers.found.get(key)
        if layer is None:
            layer = self._evaluated(item, frame)
            if layer is not None:
                layers.found[key] = layer
        return layer

    def _evaluated(self, item: Item, frame: Frame) -> Layer | None:
        """The layer of the values that the arguments have here; None after reporting what is wrong with them."""
        if isinstance(item.args, Mapping):
            return self._from_named(item, item.args, frame)
        return self._from_main(item, frame)

    def _from_named(self, item: Item, args: Mapping, frame: Frame) -> Layer | None:
        """The layer of named arguments; what literals say by themselves was reported when the item was read."""
        values: dict[str, Plain] = {}
        reported: set[str] = set()
        failed = False
        references = KINDS[item.kind].references
        for key, node in args:
            is_expression = not is_literal(node)
            if item.literals_checked and not is_expression:
                reported.add(key.text)
            try:
                if is_expression and key.text in references and isinstance(node, Scalar):
                    values[key.text] = text_of(node, frame.scope, frame.reporter)
                else:
                    values[key.text] = value_of(node, frame.scope, frame.reporter)
            except Unknown:
                failed = True
                reported.add(key.text)
        layer = self._made(item, values, frame, reported)
        return None if failed else layer

    def _from_main(self, item: Item, frame: Frame) -> Layer | None:
        """The layer of an item whose one expression gives its main argument, or a mapping of all."""
        assert item.args is not None, "an item without arguments is literal"
        model = KINDS[item.kind]
        try:
            value = value_of(item.args, frame.scope, frame.reporter)
        except Unknown:
            return None
        if isinstance(value, dict):
            return self._made(item, value, frame, set())
        if model.main is None:
            frame.reporter.error(*no_main_argument(model, item.kind, item.args))
            return None
        return self._made(item, {model.main: value}, frame, set())

    def _made(self, item: Item, values: dict[str, Any], frame: Frame, reported: set[str]) -> Layer | None:
        assert item.args is not None, "an item without arguments is literal"
        findings = ArgumentReporter(frame.reporter, item.args, frame.scope)
        return self._factory.layer(item.kind, values, item.place, item.args, findings, reported=reported)

    def dynamic_item(self, item: Item, frame: Frame) -> Item:
        """An item whose kind is an expression, as what it turns out to be."""
        try:
            kind = value_of(Scalar(item.kind, item.kind, item.place), frame.scope, frame.reporter)
        except Unknown:
            return replace(item, form="broken")
        problem = self._kind_problem(item.kind, kind)
        if problem is not None:
            frame.reporter.error("unknown-kind", problem[0], item.place, problem[1])
            return replace(item, form="broken")
        assert isinstance(kind, str), "else there was a problem"
        key = (item, kind)
        if key not in self._items_of_kind:
            self._items_of_kind[key] = self._of_kind(item, kind, frame)
        return self._items_of_kind[key]

    def _of_kind(self, item: Item, kind: str, frame: Frame) -> Item:
        """The item with its kind."""
        form: Form = "block" if kind in self._spec.blocks else "layer"
        if item.args is not None:
            return replace(item, kind=kind, form=form, literal=False, literals_checked=False)
        layer = None
        if form == "layer":
            layer = self._factory.layer(kind, {}, item.place, None, frame.reporter)
        return replace(item, kind=kind, form=form, literal=True, layer=layer)

    def _kind_problem(self, written: str, kind: Plain) -> tuple[str, str] | None:
        """What is wrong with a computed kind, and what to write instead."""
        if not isinstance(kind, str):
            message = f"{written} is {yaml_text(kind)}, a layer's kind is a text"
            return message, "Use a variable that holds a kind's name."
        if kind in MERGES:
            return f"{written} is {kind}: a merge is written by its own name", f"Write `{kind}: […]`."
        if kind not in KINDS and kind not in self._spec.blocks:
            hint = did_you_mean(kind, [*KINDS, *self._spec.blocks])
            return f"{written} is {kind}, which is no layer kind", hint
        return None


def _layers_of(item: Item, scope: Scope) -> Layers:
    """An item of which no layer is known."""
    assert item.args is not None, "an item without arguments is literal"
    return Layers(tuple(filter(scope.holds, variables_in(item.args))), {})
