"""Layers from their arguments, with every mistake at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.declare.validate import expectation, validate
from cnnspec.language.hints.arguments import HINTS, axis_of

if TYPE_CHECKING:
    from collections.abc import Container

    from cnnspec.core.diagnostic import Findings, Place
    from cnnspec.language.spec import Item
    from cnnspec.layers.base import Layer


def no_main_argument(model: type[Layer], item: Item) -> tuple[str, str, Place, str]:
    """What to say where a kind without a main argument is given a bare value."""
    assert item.args is not None
    place = item.args.place
    if not model.model_fields:
        return "no-main-argument", f"{item.kind} takes no argument", place, f"Write `{item.kind}`."
    required = [name for name, info in model.model_fields.items() if info.is_required()]
    example = ", ".join(f"{name}: …" for name in required or list(model.model_fields)[:1])
    message = f"{item.kind} has no main argument that one value could set"
    value = item.args.plain()
    first = next(iter(model.model_fields))
    inferred = any(expectation(model, name).endswith("it is inferred") for name in model.model_fields)
    if not required and inferred and type(value) is float and "eps" in model.model_fields:
        return "no-main-argument", message, place, f"Name it: `{item.kind}: {{eps: {value}}}`."
    if not required and inferred:
        return "no-main-argument", message, place, f"Write `{item.kind}`: its channels are inferred."
    if first.endswith("axis") and type(value) is int:
        instead = f"{item.kind}: {{{first}: {axis_of(value)}}}"
        return "no-main-argument", message, place, f"Write `{instead}`; axes don't count the batch."
    return "no-main-argument", message, place, f"Name it: `{item.kind}: {{{example}}}`."


class Layers:
    """Makes layers. Equal arguments give the same object, so that a thousand equal items cost one."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._made: dict[tuple[object, ...], Layer] = {}

    def make(
        self, model: type[Layer], values: dict[str, Any], item: Item, *, told: Container[str] = ()
    ) -> Layer | None:
        """The layer built from values, or None after reporting what is wrong.

        `told` are the fields that another look at the item speaks of: literals, while the expressions
        are evaluated.
        """
        key = (item.kind, *((name, type(value), _hashable(value)) for name, value in values.items()))
        layer = self._made.get(key)
        if layer is None:
            layer = self._validated(model, values, item, told)
            if layer is not None:
                self._made[key] = layer
        return layer

    def _validated(
        self, model: type[Layer], values: dict[str, Any], item: Item, told: Container[str]
    ) -> Layer | None:
        return validate(model, values, item.kind, item.place, item.args, self._findings, HINTS, reported=told)


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else repr(value)
