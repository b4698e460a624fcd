"""How far each layer sees: the inputs that one of its outputs depends on, per axis, wherever the output stands.

Windows compose: along an axis, output q·P + t of a chain reads the inputs q·S + (a set for each t), for P phases
t and a step S (`core.sliding_window.Reach`). For plain convolutions the sets' extent is the recurrence
r ← r + (k − 1)·d·j, j ← j·s of Araujo, Norris & Sim (2019); the phases let upsampling and transposed
convolutions in, the sets tell holes. Padding is not cut off: the extent may be larger than the input. Where no
such law holds for all positions, what is seen is counted at the plan's own size (`compiler.pixel_reads`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from cnnspec.compiler.pixel_reads import extents_at_this_size
from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.core.shape import Size
from cnnspec.core.sliding_window import POINT, Reach, Taps, union

_MOST_PHASES = 1024
_MOST_READS = 20_000
_WIDEST = 1 << 20


class FieldOfView(NamedTuple):
    """What an output sees along one axis of the input.

    reach None: all of the axis, and as much padding around it as makes up `extent`; where the axis' size is
    unknown, so is the extent. mixed: `positions` of them have moved into the channels (flatten), so that the
    next layer that mixes channels sees them all.
    """

    reach: Reach | None
    mixed: bool = False
    extent: Size = 0
    positions: Size = 0


Fields = tuple[FieldOfView, ...] | None
"""One for each spatial axis of the input; None: there is no telling."""


def receptive_fields(plan: Plan) -> dict[Node, tuple[int, ...] | None]:
    """The extent for each node, per spatial axis of the input; None where there is no telling.

    With several inputs there is no telling which axis is meant, and none is given.
    """
    fields = fields_of_view(plan)
    found = {node: extents(fields[node]) for node in plan.nodes}
    if any(found[node] is None for node in plan.nodes if node.known):
        counted = extents_at_this_size(plan)
        found = {node: counted.get(node) if found[node] is None else found[node] for node in plan.nodes}
    return found


def seen_inputs(plan: Plan) -> dict[Node, tuple[Reach | None, ...] | None]:
    """For each node and spatial axis of the input, the inputs that an output sees: a set for each phase.

    `reach.taps` are sets as `Taps(first, mask)`, bit i of the mask being the input `first + i`. A Reach of None:
    all outputs see the same, as after a global pool. None for the node: there is no telling.
    """
    fields = fields_of_view(plan)
    return {node: _reaches(fields[node]) for node in plan.nodes}


def _reaches(fields: Fields) -> tuple[Reach | None, ...] | None:
    return None if fields is None else tuple(field.reach for field in fields)


def gaps(plan: Plan) -> dict[Node, tuple[int, ...] | None]:
    """For each node and spatial axis of the input: how many inputs within its extent an output never sees.

    Dilations 2, 2, 2 see 13 inputs from the first to the last, but never 6 of them (gridding; Yu, Koltun &
    Funkhouser, 2017): 6. The most of all phases. None where there is no telling.
    """
    return {
        node: None if reaches is None else tuple(map(_gap, reaches))
        for node, reaches in seen_inputs(plan).items()
    }


def _gap(reach: Reach | None) -> int:
    taps = [] if reach is None else [tap for tap in reach.taps if tap is not None]
    return max((tap.mask.bit_length() - tap.mask.bit_count() for tap in taps), default=0)


def fields_of_view(plan: Plan) -> dict[Value, Fields]:
    """What each value sees, an input itself; None where there is no telling."""
    fields: dict[Value, Fields] = {}
    ((entry),) = plan.inputs.values() if len(plan.inputs) == 1 else (None,)
    if entry is None or entry.shape is None:
        return dict.fromkeys(plan.nodes)
    fields[entry] = (FieldOfView(POINT),) * entry.shape.rank
    for node in plan.nodes:
        fields[node] = _field_of_node(node, fields, entry.shape.spatial) if node.known else None
    return fields


def extents(fields: Fields) -> tuple[int, ...] | None:
    """How many inputs are seen along each axis, from the first to the last; None where there is no telling."""
    if fields is None:
        return None
    found = [field.extent if field.reach is None else _extent(field.reach) for field in fields]
    known = tuple(extent for extent in found if extent is not None)
    if len(known) < len(found):
        return None
    return known if all(known) else (0,) * len(known)  # padding alone along one axis is padding alone


def _extent(reach: Reach) -> int:
    return max((tap.mask.bit_length() for tap in reach.taps if tap is not None), default=0)


def _all(fields: Iterable[FieldOfView | None]) -> Fields:
    """The fields, if there is one for each axis."""
    listed = tuple(fields)
    known = tuple(field for field in listed if field is not None)
    return known if len(known) == len(listed) else None


def _field_of_node(node: Node, fields: dict[Value, Fields], sizes: tuple[Size, ...]) -> Fields:
    layer = node.layer
    assert layer is not None, "the node is known"
    read = node.inputs[:1] if layer.references else node.inputs
    merged = fields.get(read[0])
    for value in read[1:]:
        other = fields.get(value)
        if merged is None or other is None:
            return None
        merged = _all(_union_of_fields(a, b) for a, b in zip(merged, other, strict=True))
    if merged is None or (len(read) > 1 and _repeats(node, fields)):
        return None
    return _field_of_output(node, merged, sizes)


def _repeats(node: Node, fields: dict[Value, Fields]) -> bool:
    """Whether a branch has one position that is read again and again, and that does not see the whole axis."""
    y = node.shape
    for value in node.inputs:
        x, own = value.shape, fields.get(value)
        assert x is not None and y is not None and own is not None
        if x.spatial != y.spatial and any(field.reach is not None for field in own):
            return True
    return False


def _field_of_output(node: Node, fields: tuple[FieldOfView, ...], sizes: tuple[Size, ...]) -> Fields:
    x, y, layer = node.inputs[0].shape, node.shape, node.layer
    assert x is not None and y is not None and layer is not None
    if x.rank and any(field.mixed for field in fields):
        return _after_partial_flatten(node, fields, sizes)
    if layer.mixes_channels and any(field.mixed for field in fields):
        pairs = zip(fields, sizes, strict=True)
        return _all(_whole(field, field.positions, size) if field.mixed else field for field, size in pairs)
    if y.rank > x.rank:
        return _unflattened(fields)
    if y.rank < x.rank:
        positions = x.spatial if len(x.spatial) == len(fields) else (None,) * len(fields)
        pairs = zip(fields, positions, strict=True)
        return tuple(f._replace(mixed=f.reach is not None, positions=n) for f, n in pairs)
    reaches = layer.reach(x)
    if reaches == "whole":
        if x.rank != len(fields):
            return fields if all(field.reach is None for field in fields) else None
        return _all(_whole(f, n, size) for f, n, size in zip(fields, x.spatial, sizes, strict=True))
    if reaches is None:
        return fields if all(field.reach is None for field in fields) else None
    if any(field.mixed for field in fields) or x.rank != len(fields):
        return fields
    return _all(_compose(field, reach) for field, reach in zip(fields, reaches, strict=True))


def _whole(field: FieldOfView, positions: Size, size: Size) -> FieldOfView | None:
    """What all of `positions` outputs see together; None where that is not all of the axis."""
    if field.reach is None:
        return FieldOfView(None, extent=field.extent)
    if positions is None or size is None:
        return FieldOfView(None, extent=None)
    ends = {
        *range(min(positions, len(field.reach.taps))),
        *range(max(positions - len(field.reach.taps), 0), positions),
    }
    taps = [tap for tap in map(field.reach.at, ends) if tap is not None]
    if not taps or min(tap.first for tap in taps) > 0 or max(tap.last for tap in taps) < size - 1:
        return None
    return FieldOfView(None, extent=max(size, _extent(field.reach)))


def _after_partial_flatten(node: Node, fields: tuple[FieldOfView, ...], sizes: tuple[Size, ...]) -> Fields:
    """Where the positions of several axes lie along one: what is seen is known of each position alone, or of all."""
    x, y, layer = node.inputs[0].shape, node.shape, node.layer
    assert x is not None and y is not None and layer is not None
    if y.rank < x.rank:
        return fields
    reaches = layer.reach(x) if y.rank == x.rank else None
    if reaches == "whole":
        return _all(_whole(field, field.positions, size) for field, size in zip(fields, sizes, strict=True))
    alone = reaches == (POINT,) * x.rank and not layer.mixes_channels
    return fields if alone or all(field.reach is None for field in fields) else None


def _unflattened(fields: tuple[FieldOfView, ...]) -> Fields:
    """Features laid out in space again: only a field that is everything is still known."""
    return fields if all(field.reach is None for field in fields) else None


def _compose(field: FieldOfView, outer: Reach) -> FieldOfView | None:
    """The field of an output that reads, by `outer`, values with the field `field`; None: it is too large to tell."""
    inner = field.reach
    if inner is None:
        return field
    if outer == POINT:
        return field
    periods = len(inner.taps) // math.gcd(len(inner.taps), outer.step)
    phases = periods * len(outer.taps)
    step = periods * outer.step // len(inner.taps) * inner.step
    if phases > _MOST_PHASES or phases * _reads(outer) > _MOST_READS:
        return None
    if (_extent(outer) // len(inner.taps) + 1) * inner.step + _extent(inner) > _WIDEST:
        return None
    return FieldOfView(Reach(step, tuple(_seen_through(inner, outer, unit) for unit in range(phases))))


def _reads(reach: Reach) -> int:
    return max((tap.mask.bit_count() for tap in reach.taps if tap is not None), default=0)


def _seen_through(inner: Reach, outer: Reach, unit: int) -> Taps | None:
    tap = outer.at(unit)
    return None if tap is None else reduce(union, map(inner.at, tap.positions))


def _union_of_fields(one: FieldOfView, other: FieldOfView) -> FieldOfView | None:
    """What a sum of both sees; branches that drift apart have no common answer."""
    a, b = one.reach, other.reach
    if a is None or b is None:
        extents = [field.extent if field.reach is None else _extent(field.reach) for field in (one, other)]
        return FieldOfView(None, extent=None if None in extents else max(extent or 0 for extent in extents))
    if a == b:
        return one
    if a.step * len(b.taps) != b.step * len(a.taps):
        return None
    phases = math.lcm(len(a.taps), len(b.taps))
    if phases > _MOST_PHASES:
        return None
    taps = tuple(union(a.at(unit), b.at(unit)) for unit in range(phases))
    return one._replace(reach=Reach(phases // len(a.taps) * a.step, taps), mixed=one.mixed or other.mixed)
