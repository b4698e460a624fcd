"""How far each layer sees: the extent of the input that one of its outputs depends on, per axis.

Windows compose: along an axis, output q·P + t of a chain reads the input from q·S + lo(t) up to
q·S + hi(t), for P phases t and a step S (`core.sliding_window.Reach`). For plain convolutions that is the
recurrence r ← r + (k − 1)·d·j, j ← j·s of Araujo, Norris & Sim (2019); the phases let upsampling and
transposed convolutions in. Padding is not cut off: the extent may be larger than the input.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.core.shape import Size
from cnnspec.core.sliding_window import POINT, Reach

_MOST_PHASES = 1024
_MOST_READS = 20_000


class FieldOfView(NamedTuple):
    """What an output sees along one axis of the input.

    reach None: the whole axis, and as much padding around it as makes up `extent`. mixed: positions
    have moved into the channels (flatten), so that the next layer that mixes channels sees the whole.
    """

    reach: Reach | None
    mixed: bool = False
    extent: int = 0


def _whole(field: FieldOfView) -> FieldOfView:
    return FieldOfView(None, extent=field.extent if field.reach is None else _extent(field.reach))


Fields = tuple[FieldOfView, ...] | None
"""One for each spatial axis of the input; None: there is no telling."""


def receptive_fields(plan: Plan) -> dict[Node, tuple[int, ...] | None]:
    """The extent for each node, per spatial axis of the input; None where there is no telling.

    With several inputs there is no telling which axis is meant, and none is given.
    """
    fields, sizes = fields_of_view(plan), input_sizes(plan)
    return {node: extents(fields[node], sizes) for node in plan.nodes}


def input_sizes(plan: Plan) -> tuple[Size, ...]:
    """The sizes of the axes that fields of view are told along: those of the one input; none with several."""
    shape = next(iter(plan.inputs.values())).shape if len(plan.inputs) == 1 else None
    return () if shape is None else shape.spatial


def fields_of_view(plan: Plan) -> dict[Value, Fields]:
    """What each value sees, an input itself; None where there is no telling."""
    fields: dict[Value, Fields] = {}
    ((entry),) = plan.inputs.values() if len(plan.inputs) == 1 else (None,)
    if entry is not None and entry.shape is not None:
        fields[entry] = tuple(FieldOfView(POINT) for _ in entry.shape.spatial)
    for node in plan.nodes:
        fields[node] = _field_of_node(node, fields) if node.known else None
    return fields


def extents(fields: Fields, sizes: tuple[Size, ...]) -> tuple[int, ...] | None:
    """How many positions are seen along each axis, of an input of these sizes."""
    if fields is None or None in sizes:
        return None
    pairs = zip(fields, sizes, strict=True)
    return tuple(max(size or 0, s.extent) if s.reach is None else _extent(s.reach) for s, size in pairs)


def _extent(reach: Reach) -> int:
    return max((tap[1] - tap[0] + 1 for tap in reach.taps if tap is not None), default=0)


def _field_of_node(node: Node, fields: dict[Value, Fields]) -> Fields:
    found = [fields.get(value) for value in node.inputs]
    known = [field for field in found if field is not None]
    if len(known) < len(found) or node.layer is None:
        return None
    merged = known[0]
    for other in known[1:]:
        united = tuple(_union_of_fields(a, b) for a, b in zip(merged, other, strict=True))
        if any(field is None for field in united):
            return None
        merged = tuple(field for field in united if field is not None)
    return _field_of_output(node, merged)


def _field_of_output(node: Node, fields: tuple[FieldOfView, ...]) -> Fields:
    x, y, layer = node.inputs[0].shape, node.shape, node.layer
    assert x is not None and y is not None and layer is not None
    if x.rank and any(field.mixed for field in fields):
        return _after_partial_flatten(node, fields)
    if layer.mixes_channels:
        fields = tuple(_whole(field) if field.mixed else field for field in fields)
    if y.rank != x.rank:
        return (
            tuple(field._replace(mixed=field.reach is not None) for field in fields)
            if y.rank < x.rank
            else _unflattened(fields)
        )
    reaches = layer.reach(x)
    if reaches == "whole":
        return tuple(map(_whole, fields))
    if reaches is None:
        return None
    if any(field.mixed for field in fields) or x.rank != len(fields):
        return fields
    steps = [_compose(field, reach) for field, reach in zip(fields, reaches, strict=True)]
    return None if None in steps else tuple(step for step in steps if step is not None)


def _after_partial_flatten(node: Node, fields: tuple[FieldOfView, ...]) -> Fields:
    """Where the positions of several axes lie along one: what is seen is known of each position alone, or of all."""
    x, y, layer = node.inputs[0].shape, node.shape, node.layer
    assert x is not None and y is not None and layer is not None
    if y.rank < x.rank:
        return fields
    reaches = layer.reach(x) if y.rank == x.rank else None
    if reaches == "whole":
        return tuple(map(_whole, fields))
    alone = reaches == (POINT,) * x.rank and not layer.mixes_channels
    return fields if alone or all(field.reach is None for field in fields) else None


def _unflattened(fields: tuple[FieldOfView, ...]) -> Fields:
    """Features laid out in space again: only a field that is everything is still known."""
    return fields if all(field.reach is None for field in fields) else None


def _compose(field: FieldOfView, outer: Reach) -> FieldOfView | None:
    """The field of an output that reads, by `outer`, values with the field `field`; None: too many phases."""
    inner = field.reach
    if inner is None:
        return field
    periods = len(inner.taps) // math.gcd(len(inner.taps), outer.step)
    phases = periods * len(outer.taps)
    if phases > _MOST_PHASES or phases * min(len(inner.taps), _extent(outer)) > _MOST_READS:
        return None
    taps = tuple(_tap(inner, outer, unit) for unit in range(phases))
    return FieldOfView(Reach(periods * outer.step // len(inner.taps) * inner.step, taps))


def _tap(inner: Reach, outer: Reach, unit: int) -> tuple[int, int] | None:
    period, phase = divmod(unit, len(outer.taps))
    tap = outer.taps[phase]
    if tap is None:
        return None
    first, last = (period * outer.step + end for end in tap)
    phases = len(inner.taps)
    near = [_input_range(inner, unit) for unit in range(first, min(first + phases, last + 1))]
    far = [_input_range(inner, unit) for unit in range(max(last - phases + 1, first), last + 1)]
    extents = [pair for pair in near + far if pair is not None]
    return (min(lo for lo, _ in extents), max(hi for _, hi in extents)) if extents else None


def _input_range(reach: Reach, unit: int) -> tuple[int, int] | None:
    period, phase = divmod(unit, len(reach.taps))
    tap = reach.taps[phase]
    return None if tap is None else (tap[0] + period * reach.step, tap[1] + period * reach.step)


def _union_of_fields(one: FieldOfView, other: FieldOfView) -> FieldOfView | None:
    """What a sum of both sees; branches that drift apart have no common answer."""
    a, b = one.reach, other.reach
    if a is None or b is None:
        return FieldOfView(None, extent=max(_whole(one).extent, _whole(other).extent))
    if a.step * len(b.taps) != b.step * len(a.taps):
        return None
    phases = math.lcm(len(a.taps), len(b.taps))
    if phases > _MOST_PHASES:
        return None
    taps = tuple(_union(_input_range(a, unit), _input_range(b, unit)) for unit in range(phases))
    return FieldOfView(Reach(phases // len(a.taps) * a.step, taps), one.mixed or other.mixed)


def _union(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])
