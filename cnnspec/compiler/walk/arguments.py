"""Arguments where an item is reached: expressions evaluated, layers validated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnnspec.compiler.walk.reporter import ArgumentReporter
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.layer_arguments import no_main_argument
from cnnspec.language.values import Unknown, text_of, value_of
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Mapping, Scalar, is_literal

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.core.plain_values import Plain
    from cnnspec.language.layer_arguments import LayerFactory
    from cnnspec.language.spec import Form, Item, Spec
    from cnnspec.layers.base import Layer
    from cnnspec.reader.node import Node


class ItemArguments:
    """The arguments of an item that has expressions: what they are wherever it is reached, and what is evaluated."""

    def __init__(self, item: Item) -> None:
        self.item = item
        """Kept, so that its identity stays its own."""
        self.model = KINDS[item.kind]
        self.literals: dict[str, Plain] = {}
        self.expressions: list[tuple[str, Node]] = []
        self.layers: dict[Hashable, Layer] = {}
        """By the values of the expressions."""
        for key, node in item.args if isinstance(item.args, Mapping) else ():
            if is_literal(node):
                self.literals[key.text] = node.plain()
            else:
                self.expressions.append((key.text, node))


class ArgumentReader:
    """Makes layers from items; equal arguments give the same layer object."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._factory: LayerFactory = spec.layer_factory
        self._arguments: dict[int, ItemArguments] = {}
        """By the identity of the item."""
        self._items_of_kind: dict[int, tuple[Item, dict[str, Item]]] = {}
        """By the identity of a dynamic item, which is kept, and the kind that its expression gives."""

    def layer(self, item: Item, frame: Frame) -> Layer | None:
        """The item's layer, or None after reporting what is wrong with its arguments."""
        if item.literal:
            return item.layer
        if not isinstance(item.args, Mapping):
            return self._from_main(item, frame)
        arguments = self._arguments.get(id(item))
        if arguments is None:
            arguments = self._arguments[id(item)] = ItemArguments(item)
        values, failed = self._evaluated(arguments, frame)
        key = None if failed else tuple([(type(value), hashable(value)) for value in values.values()])
        layer = arguments.layers.get(key)
        if layer is None:
            layer = self._checked(item, arguments, values, failed, frame)
            if layer is not None and key is not None:
                arguments.layers[key] = layer
        return None if failed else layer

    def _evaluated(self, arguments: ItemArguments, frame: Frame) -> tuple[dict[str, Plain], set[str]]:
        """The expressions' values, and the names of those that fail."""
        values: dict[str, Plain] = {}
        failed: set[str] = set()
        references = arguments.model.references
        for name, node in arguments.expressions:
            try:
                if name in references and isinstance(node, Scalar):
                    values[name] = text_of(node, frame.scope, frame.reporter)
                else:
                    values[name] = value_of(node, frame.scope, frame.reporter)
            except Unknown:
                failed.add(name)
        return values, failed

    def _checked(
        self, item: Item, arguments: ItemArguments, values: dict[str, Plain], failed: set[str], frame: Frame
    ) -> Layer | None:
        """The layer of all arguments; what literals say by themselves was reported when the item was read."""
        reported = {*failed, *arguments.literals} if item.literals_checked else failed
        return self._made(item, {**arguments.literals, **values}, frame, reported)

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
        of_kind = self._items_of_kind.setdefault(id(item), (item, {}))[1]
        if kind not in of_kind:
            of_kind[kind] = self._of_kind(item, kind, frame)
        return of_kind[kind]

    def _of_kind(self, item: Item, kind: str, frame: Frame) -> Item:
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


def hashable(value: Plain) -> Hashable:
    """A value as a key; the texts of lists and mappings differ where they do."""
    return repr(value) if isinstance(value, list | dict) else value
