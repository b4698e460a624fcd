"""Layers from their arguments, with every mistake at its place."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.declare.validate import expectation, validate
from cnnspec.language.hints import HINTS, axis_of
from cnnspec.layers import KINDS
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Node


def no_main_argument(model: type[Layer], kind: str, args: Node) -> tuple[str, str, Place, str]:
    """What to say where a kind without a main argument is given a bare value."""
    place = args.place
    if not model.model_fields:
        return "no-main-argument", f"{kind} takes no argument", place, f"Write `{kind}`."
    required = [name for name, info in model.model_fields.items() if info.is_required()]
    example = ", ".join(f"{name}: …" for name in required or list(model.model_fields)[:1])
    message = f"{kind} has no main argument that one value could set"
    value = args.plain()
    first = next(iter(model.model_fields))
    inferred = any(expectation(model, name).endswith("it is inferred") for name in model.model_fields)
    if not required and inferred and type(value) is float and "eps" in model.model_fields:
        return "no-main-argument", message, place, f"Name it: `{kind}: {{eps: {value}}}`."
    if not required and inferred:
        return "no-main-argument", message, place, f"Write `{kind}`: its channels are inferred."
    if first.endswith("axis") and type(value) is int:
        instead = f"{kind}: {{{first}: {axis_of(value)}}}"
        return "no-main-argument", message, place, f"Write `{instead}`; axes don't count the batch."
    return "no-main-argument", message, place, f"Name it: `{kind}: {{{example}}}`."


class LayerFactory:
    """Makes layers. Equal arguments give the same object, so that a thousand equal items cost one."""

    def __init__(self) -> None:
        self._layers: dict[tuple[object, ...], Layer] = {}

    def layer(
        self,
        kind: str,
        values: dict[str, Any],
        place: Place,
        args: Node | None,
        findings: Findings,
        *,
        reported: Container[str] = (),
    ) -> Layer | None:
        """The layer built from values, or None after reporting what is wrong.

        `place` is the item's, `args` what is written of its arguments. Nothing is said of the fields in
        `reported`, whose mistakes are told elsewhere.
        """
        key = (kind, *values, *map(type, values.values()), *values.values())
        try:
            layer = self._layers.get(key)
        except TypeError:  # of a list or a mapping
            key = (kind, repr(values))
            layer = self._layers.get(key)
        if layer is None:
            layer = validate(KINDS[kind], values, kind, place, args, findings, HINTS, reported=reported)
            if layer is not None:
                self._layers[key] = layer
        return layer
