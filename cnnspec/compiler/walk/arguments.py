"""Arguments where an item is reached: expressions evaluated, layers validated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnspec.core.plain import Plain, yaml_text
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.layer_arguments import no_main_argument
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, text_of, value_of
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Mapping, Scalar, is_literal

if TYPE_CHECKING:
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.language.spec import Form, Item, Spec
    from cnnspec.layers.base import Layer
    from cnnspec.reader.node import Node


class _Written(NamedTuple):
    """Named arguments: those that mean the same in every scope, with their values, and the others."""

    literals: dict[str, Plain]
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
    """Makes layers from items; equal arguments give the same layer object."""

    def __init__(self, spec: Spec, reporter: Reporter) -> None:
        self._spec = spec
        self._reporter = reporter
        self._written: dict[int, _Written] = {}

    def layer(self, item: Item, scope: Scope) -> Layer | None:
        """The item's layer, or None after reporting what is wrong with its arguments."""
        if item.literal:
            return item.layer
        model = KINDS[item.kind]
        try:
            values, failed = self._values(model, item, scope)
        except Unknown:
            return None
        assert item.args is not None, "an item without arguments is literal"
        self._reporter.about = (item.args, scope)
        layer = self._spec.made.make(model, values, item, told=_Told(item, failed))
        self._reporter.about = None
        return None if failed else layer

    def _values(self, model: type[Layer], item: Item, scope: Scope) -> tuple[dict[str, Any], set[str]]:
        """The arguments' values, and the names of those whose expressions fail."""
        if isinstance(item.args, Mapping):
            return self._named_values(item.args, scope, model.references)
        assert item.args is not None
        value = value_of(item.args, scope, self._reporter)
        if isinstance(value, dict):
            return value, set()
        if model.main is None:
            self._reporter.error(*no_main_argument(model, item))
            raise Unknown
        return {model.main: value}, set()

    def _named_values(
        self, args: Mapping, scope: Scope, references: tuple[str, ...]
    ) -> tuple[dict[str, Any], set[str]]:
        written = self._written.get(id(args))
        if written is None:
            written = self._written[id(args)] = _Written.of(args)
        values = dict(written.literals)
        failed: set[str] = set()
        for name, node in written.expressions:
            try:
                if name in references and isinstance(node, Scalar):
                    values[name] = text_of(node, scope, self._reporter)
                else:
                    values[name] = value_of(node, scope, self._reporter)
            except Unknown:
                failed.add(name)
        return values, failed


def dynamic_item(item: Item, scope: Scope, spec: Spec, reporter: Reporter) -> Item:
    """An item whose kind is an expression, as what it turns out to be."""
    try:
        kind = value_of(Scalar(item.kind, item.kind, item.place), scope, reporter)
    except Unknown:
        return replace(item, form="broken")
    if not isinstance(kind, str):
        message = f"{item.kind} is {yaml_text(kind)}, a layer's kind is a text"
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
        found.layer = spec.made.make(KINDS[kind], {}, found)
    return found


def _written(item: Item) -> dict[str, Node]:
    return {key.text: node for key, node in item.args} if isinstance(item.args, Mapping) else {}
