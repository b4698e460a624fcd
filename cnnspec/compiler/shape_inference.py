"""What a layer makes of its input's shape; the same question is answered once."""

from __future__ import annotations

import math
from typing import NamedTuple

from cnnspec.compiler.plan import Weights
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import LARGEST, product
from cnnspec.layers.base import Layer

NO_WEIGHTS = Weights({}, {})
"""Most layers hold nothing, and are not asked for it."""


class Conflict(NamedTuple):
    """A size that was written, and the one that is inferred of the input."""

    field: str
    written: object
    inferred: object


class Inference(NamedTuple):
    """The output's shape (None: unknown), or why there is none; and what the layer costs."""

    shape: Shape | None
    reject: Reject | None
    weights: Weights | None = None
    params: int = 0
    macs: int = 0
    conflict: Conflict | None = None


UNKNOWN = Inference(None, None)


class InferenceCache:
    """Answers by layer and input shapes."""

    def __init__(self, *, open_sizes: bool = False) -> None:
        """open_sizes: where sizes are unknown, so that weights are asked for all the same."""
        self._open_sizes = open_sizes
        self._answers: dict[tuple[int, tuple[Shape, ...]], Inference] = {}
        self._layers: list[Layer] = []
        """Those asked so far, kept so that their identities stay theirs."""

    def infer(self, layer: Layer, shapes: tuple[Shape, ...]) -> Inference:
        """The layer's answer for inputs of these shapes."""
        key = (id(layer), shapes)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = _infer(layer, shapes, self._open_sizes)
            self._layers.append(layer)
        return answer


def _infer(layer: Layer, shapes: tuple[Shape, ...], open_sizes: bool) -> Inference:
    try:
        y = layer.infer_from(shapes)
    except Reject as no:
        return Inference(_possible_sizes(no.otherwise), no)
    x, argument = shapes[0], layer.inferred_argument
    conflict = None if argument is None else find_conflict(layer, argument, x)
    elements = product(y.sizes)
    if elements is None or elements >= LARGEST:
        if elements is not None or not all(map(_possible, y.sizes)):
            return Inference(_without_sizes(y), _too_large(y))
        return _open(layer, x, y, conflict) if open_sizes else Inference(y, None, conflict=conflict)
    for shape in shapes:
        if None in shape.sizes:
            return _open(layer, x, y, conflict) if open_sizes else Inference(y, None, conflict=conflict)
    kind = type(layer)
    macs = 0 if kind.products is Layer.products else layer.products(x, y).total
    if kind.weights is Layer.weights and kind.buffers is Layer.buffers:
        return Inference(y, None, NO_WEIGHTS, 0, macs, conflict)
    parameters, buffers = layer.weights(x), layer.buffers(x)
    params = sum([math.prod(sizes) for sizes in parameters.values()])
    if params >= LARGEST:
        message = f"it would have {params:.3g} parameters, more than memory can be addressed (2**63)"
        return Inference(y, Reject("output-too-large", message))
    return Inference(y, None, Weights(parameters, buffers), params, macs, conflict)


def _open(layer: Layer, x: Shape, y: Shape, conflict: Conflict | None) -> Inference:
    """The answer for open sizes: no cost, and weights that have a 0 where they depend on such a size."""
    parameters, buffers = layer.weights(x), layer.buffers(x)
    params = sum([math.prod(sizes) for sizes in parameters.values()])
    return Inference(y, None, Weights(parameters, buffers), params, 0, conflict)


def find_conflict(layer: Layer, argument: str, x: Shape) -> Conflict | None:
    """Compare a size that was written with the one that is inferred."""
    written = getattr(layer, argument)
    if written is None:
        return None
    size = layer.inferred(x)
    return (
        None if size is None or _as_tuple(written) == _as_tuple(size) else Conflict(argument, written, size)
    )


def _as_tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _too_large(y: Shape) -> Reject:
    sizes = "×".join(
        "?" if size is None else f"{float(size):.3g}" if size > 10**9 else str(size) for size in y.sizes
    )
    return Reject(
        "output-too-large", f"the output would be {sizes}, which no tensor can hold (2**63 elements)"
    )


def _without_sizes(y: Shape) -> Shape:
    """Rank and channels are still known."""
    unknown = Shape((None,) * len(y.sizes), y.channel_axis)
    return unknown.with_channels(y.channels if _possible(y.channels) else None)


def _possible_sizes(y: Shape | None) -> Shape | None:
    return y if y is None or all(map(_possible, y.sizes)) else _without_sizes(y)


def _possible(size: Size) -> bool:
    return size is None or size < LARGEST
