"""What is known of a layer's output although its arguments are wrong: the sizes that don't depend on those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_args

from pydantic import ValidationError

from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.language.spec import Item
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Mapping, is_literal

_SAMPLES: tuple[object, ...] = (1, 2, 3, 7, False, True, 0.25, 0.5, (1,), "a")
"""Values of which most arguments take some; texts are those of their types."""
_MOST_SAMPLES = 4
"""Two are too few: kernels of 1 and of 2 may give the same size."""


def possible_shape(item: Item, x: Shape) -> Shape | None:
    """The sizes that are the same whatever the wrong arguments should be; None where not even the rank is known.

    An argument that the kind does not have may be a misspelt one: then any that is not written may have been meant.
    """
    model = KINDS.get(item.kind)
    if model is None or item.kind in MERGES or model.references:
        return None
    good, wrong = _good_values(model, item)
    shapes = []
    for values in _assignments(model, good, wrong):
        # Values that contradict each other, or that the input does not fit, are not what was meant.
        with suppress(Reject, ValidationError):
            layer = model(**values)
            layer.consistent()
            shapes.append(layer.infer(x))
    return _common(shapes) if shapes else None


def _good_values(model: type[Layer], item: Item) -> tuple[dict[str, Any], set[str]]:
    """The values that their arguments take, and the arguments that may be anything."""
    args, written = item.args, {}
    if isinstance(args, Mapping):
        written = {key.text: node.plain() for key, node in args if is_literal(node)}
    elif args is not None and model.main is not None and is_literal(args):
        written = {model.main: args.plain()}
    wrong = _refused(model, written)
    fields = model.model_fields
    given = set(args.entries) if isinstance(args, Mapping) else set(written)
    open_fields = {
        name for name, info in fields.items() if name in wrong or (info.is_required() and name not in written)
    }
    open_fields |= {name for name in given if name in fields and name not in written}
    if given - fields.keys():
        open_fields |= fields.keys() - given
    open_fields.discard(model.inferred_argument or "")
    return {
        name: value for name, value in written.items() if name in fields and name not in open_fields
    }, open_fields


def _refused(model: type[Layer], values: dict[str, Any]) -> set[str]:
    try:
        model(**values)
    except ValidationError as error:
        return {str(detail["loc"][0]) for detail in error.errors(include_url=False, include_input=False)}
    return set()


def _assignments(model: type[Layer], good: dict[str, Any], wrong: set[str]) -> Iterator[dict[str, Any]]:
    """All values: some for the wrong arguments, then others for one of them at a time."""
    samples = {name: _samples(model, name, good) for name in sorted(wrong)}
    first = {**good, **{name: values[0] for name, values in samples.items() if values}}
    yield first
    for name, values in samples.items():
        for value in values[1:]:
            yield {**first, name: value}


def _samples(model: type[Layer], name: str, good: dict[str, Any]) -> list[object]:
    """Some values that an argument takes."""
    annotation = model.model_fields[name].annotation
    texts = [part for part in get_args(annotation) if isinstance(part, str)]
    fitting = (value for value in (*texts, *_SAMPLES) if name not in _refused(model, {**good, name: value}))
    return [value for value, _ in zip(fitting, range(_MOST_SAMPLES), strict=False)]


def _common(shapes: list[Shape]) -> Shape | None:
    """The sizes in which all shapes agree; None where they have different axes."""
    first = shapes[0]
    if any((len(s.sizes), s.channel_axis) != (len(first.sizes), first.channel_axis) for s in shapes):
        return None
    columns = zip(*(shape.sizes for shape in shapes), strict=True)
    return Shape(
        tuple(column[0] if len(set(column)) == 1 else None for column in columns), first.channel_axis
    )
