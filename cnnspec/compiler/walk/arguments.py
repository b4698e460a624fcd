"""Arguments where an item is reached: expressions evaluated, layers validated."""

from __future__ import annotations

from collections.abc import Container, Hashable
from dataclasses import replace
from typing import Any

from cnnspec.compiler.walk.frame import Frame
from cnnspec.compiler.walk.reporter import ArgumentReporter
from cnnspec.core.plain_values import Plain, yaml_text
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.layer_arguments import LayerFactory, no_main_argument
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Form, Item, Spec
from cnnspec.language.values import Unknown, text_of, value_of, variables_in
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Mapping, Scalar, is_literal
from cnnspec.reader.node import Node as Yaml


class ItemLayers:
    """The layers that one item with expressions is found to be, in the scopes in which it is reached."""

    __slots__ = ("by_values", "expressions", "literals", "reported", "variables")

    def __init__(self, item: Item, args: Yaml, scope: Scope) -> None:
        self.variables = tuple(filter(scope.holds, variables_in(args)))
        """What the expressions read that differs from place to place: not the spec's own variables."""
        self.by_values: dict[Hashable, Layer] = {}
        """By the variables' values and the types of these."""
        named = args if isinstance(args, Mapping) else ()
        self.literals = {key.text: node.plain() if is_literal(node) else None for key, node in named}
        """The named arguments in the order in which they are written; None for an expression."""
        self.expressions = tuple((key.text, node) for key, node in named if not is_literal(node))
        self.reported = frozenset(
            key.text for key, node in named if item.literals_checked and is_literal(node)
        )
        """Those whose mistakes were reported when the item was read."""

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
    """Makes layers from items with expressions; equal arguments give the same layer object."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._factory: LayerFactory = spec.layer_factory
        self._layers: dict[Item, ItemLayers] = {}
        self._items_of_kind: dict[tuple[Item, str], Item] = {}
        """By an item whose kind is an expression, and the kind that this gives."""

    def layer(self, item: Item, frame: Frame) -> Layer | None:
        """The item's layer, or None after reporting what is wrong with its arguments."""
        scope = frame.scope
        layers = self._layers.get(item)
        if layers is None:
            assert item.args is not None, "an item without arguments is literal"
            layers = self._layers[item] = ItemLayers(item, item.args, scope)
        if scope.unknown or scope.any_name_may_exist:
            return self._evaluate(item, layers, frame)
        key = layers.key(scope)
        layer = layers.by_values.get(key)
        if layer is None:
            layer = self._evaluate(item, layers, frame)
            if layer is not None:
                layers.by_values[key] = layer
        return layer

    def _evaluate(self, item: Item, layers: ItemLayers, frame: Frame) -> Layer | None:
        """The layer of the values that the arguments have here; None after reporting what is wrong with them."""
        if isinstance(item.args, Mapping):
            return self._from_named(item, layers, frame)
        return self._from_main(item, frame)

    def _from_named(self, item: Item, layers: ItemLayers, frame: Frame) -> Layer | None:
        """The layer of named arguments; what literals say by themselves was reported when the item was read."""
        values = layers.literals.copy()
        unknown: set[str] = set()
        references = KINDS[item.kind].references
        for field, node in layers.expressions:
            try:
                if field in references and isinstance(node, Scalar):
                    values[field] = text_of(node, frame.scope, frame.reporter)
                else:
                    values[field] = value_of(node, frame.scope, frame.reporter)
            except Unknown:
                unknown.add(field)
                del values[field]
        layer = self._validate(item, values, frame, layers.reported | unknown)
        return None if unknown else layer

    def _from_main(self, item: Item, frame: Frame) -> Layer | None:
        """The layer of an item whose one expression gives its main argument, or a mapping of all."""
        assert item.args is not None, "an item without arguments is literal"
        model = KINDS[item.kind]
        try:
            value = value_of(item.args, frame.scope, frame.reporter)
        except Unknown:
            return None
        if isinstance(value, dict):
            return self._validate(item, value, frame, set())
        if model.main is None:
            frame.reporter.error(*no_main_argument(model, item.kind, item.args))
            return None
        return self._validate(item, {model.main: value}, frame, set())

    def _validate(
        self, item: Item, values: dict[str, Any], frame: Frame, reported: Container[str]
    ) -> Layer | None:
        assert item.args is not None, "an item without arguments is literal"
        findings = ArgumentReporter(frame.reporter, item.args, frame.scope)
        return self._factory.layer(item.kind, values, item.place, item.args, findings, reported=reported)

    def dynamic_item(self, item: Item, frame: Frame) -> Item:
        """An item whose kind is an expression, as what it turns out to be."""
        try:
            kind = value_of(Scalar(item.kind, item.kind, item.place), frame.scope, frame.reporter)
        except Unknown:
            return replace(item, form="broken", literal=True)
        problem = self._kind_problem(item.kind, kind)
        if problem is not None:
            frame.reporter.error("unknown-kind", problem[0], item.place, problem[1])
            return replace(item, form="broken", literal=True)
        assert isinstance(kind, str), "else there was a problem"
        key = (item, kind)
        if key not in self._items_of_kind:
            self._items_of_kind[key] = self._of_kind(item, kind, frame)
        return self._items_of_kind[key]

    def _of_kind(self, item: Item, kind: str, frame: Frame) -> Item:
        """The item with its kind."""
        form: Form = "block" if kind in self._spec.blocks else "layer"
        if form == "layer" and item.name is None and KINDS[kind].needs_name:
            message = f"{item.kind} is {kind}: name is missing, it is the name of the parameter"
            hint = f"Write `{{{item.kind}: …, name: gamma}}`."
            frame.reporter.error("missing-argument", message, item.place, hint)
            return replace(item, form="broken", literal=True)
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
