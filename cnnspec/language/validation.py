"""Layers from their arguments, with every mistake at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.core.reject import Reject
from cnnspec.language.problems import checked, value_place

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
    return "no-main-argument", message, place, f"Name it: `{item.kind}: {{{example}}}`."


def validate_layer(
    model: type[Layer], values: dict[str, Any], item: Item, findings: Findings, *, told: Container[str] = ()
) -> Layer | None:
    """The layer built from values, or None after reporting what is wrong.

    `told` are the fields that another look at the item speaks of: expressions while the literals are
    checked, literals while the expressions are.
    """
    layer = checked(model, values, item.kind, item.place, item.args, findings, told=told)
    if layer is None:
        return None
    try:
        layer.consistent()
    except Reject as no:
        place = value_place(item.args, no.field, item.place) if no.field else item.place
        findings.error(no.code, f"{item.kind}: {no.message}", place, no.hint)
        return None
    return layer
