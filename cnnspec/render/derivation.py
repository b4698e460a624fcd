"""How a node's numbers come about: its size, parameters, multiply-accumulates and receptive field, each as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.receptive_field import extents, fields_of_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnspec.compiler.plan import Node, Plan, Value
    from cnnspec.compiler.receptive_field import Fields


def derivations(plan: Plan) -> dict[Node, tuple[str, ...]]:
    """For each node the lines that derive its numbers from its arguments and its input's.

        size: ⌊(28 + 2·0 − 1·(5−1) − 1)/1⌋ + 1 = 24
        parameters: 10·1·5·5 (weight) + 10 (bias) = 260
        MACs: 10·24·24 outputs × 5·5·1 = 144,000
        sees: 1 + (5 − 1)·1·1 = 5

    In `sees` stand what the input sees, then kernel − 1, dilation, and how many positions of the network's input lie
    between neighbours here. What a node has nothing of, or what is not known, has no line.
    """
    fields = fields_of_view(plan)
    return {node: _lines(node, fields) for node in plan.nodes}


def _lines(node: Node, fields: Mapping[Value, Fields]) -> tuple[str, ...]:
    if not node.known:
        return ()
    return (*_size(node), *_parameters(node), *_products(node), *_view(node, fields))


def _size(node: Node) -> Iterator[str]:
    inputs = tuple(value.shape for value in node.inputs if value.shape is not None)
    if node.layer is not None and node.shape is not None and len(inputs) == len(node.inputs):
        yield from (f"size: {formula}" for formula in node.layer.formula_from(inputs, node.shape))


def _parameters(node: Node) -> Iterator[str]:
    assert node.weights is not None
    counts = [f"{_times(shape)} ({name or node.kind})" for name, shape in node.weights.parameters.items()]
    if counts:
        yield f"parameters: {' + '.join(counts)} = {node.params:,}"


def _products(node: Node) -> Iterator[str]:
    x, y = node.inputs[0].shape, node.shape
    if node.macs and node.layer is not None and x is not None and y is not None:
        elements, each, of = node.layer.products(x, y)
        yield f"MACs: {_times(elements)} {of} × {_times(each)} = {node.macs:,}"


def _view(node: Node, fields: Mapping[Value, Fields]) -> Iterator[str]:
    seen = extents(fields[node])
    if seen is None:
        return
    before = [extents(fields.get(value)) for value in node.inputs]
    found = fields[node] or ()
    if found and all(field.reach is None for field in found):
        yield f"sees: all of the input, {_by(seen)}"
    elif any(window := _windows(node, fields, seen)):
        yield from dict.fromkeys(f"sees: {line}" for line in window)
    elif len(before) > 1:
        yield f"sees: {_by(seen)}, what its inputs see together"
    else:
        yield f"sees: {_by(seen)}{', as its input' if before == [seen] else ''}"


def _windows(node: Node, fields: Mapping[Value, Fields], seen: tuple[int, ...]) -> list[str]:
    """The sum r + (k − 1)·d·j along each axis, where the input of a kernel lies evenly spaced; else nothing."""
    x, inner = node.inputs[0].shape, fields.get(node.inputs[0])
    windows = node.layer.windows(x.rank) if node.layer is not None and x is not None else None
    reaches = [field.reach for field in inner or ()]
    lines = []
    for window, reach, extent in zip(windows or (), reaches, seen, strict=False):
        if reach is None or len(reach.taps) != 1 or reach.taps[0] is None:
            return []
        lines.append(
            f"{reach.taps[0].mask.bit_length()} + ({window.kernel} − 1)·{window.dilation}·{reach.step} = {extent}"
        )
    return lines


def _times(factors: tuple[int, ...]) -> str:
    return "·".join(map(str, factors)) or "1"


def _by(extent: tuple[int, ...]) -> str:
    return str(extent[0]) if len(set(extent)) == 1 else "×".join(map(str, extent))
