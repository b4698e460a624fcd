"""Which pixels are read at the plan's own size: counted one by one along each axis, borders and all.

Forwards: what each position sees, where no law holds for all of them (`compiler.receptive_field`). Backwards:
what nothing reads, because a window that steps over the end of its input leaves the rest out. Both are exact for
rows, columns and the box around what is seen; the product of rows and columns is more than that, as a 1×7 beside
a 7×1 shows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple, TypeGuard

from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import POINT
from cnnspec.layers.base import AxisReads, Layer

_MOST_PIXELS = 4096
"""Axes with more positions are not counted."""


# Backwards: what no output reads


class Unread(NamedTuple):
    """How many positions along one axis of an input no output reads: at its two ends, and between read ones."""

    before: int
    after: int
    between: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.before + self.after + self.between


def unread(plan: Plan) -> dict[str, tuple[Unread, ...] | None]:
    """For each input of the network and each of its spatial axes, the positions that no output depends on.

    Counted at the plan's sizes: a conv of kernel 3 and stride 2 over 8 rows never reads the last one. An input's
    None: there is no telling, because a layer moves positions in a way that is not followed, or a size is unknown.
    """
    return Backwards(plan).unread()


class Backwards:
    """Goes through the nodes from the last to the first; `needed` holds masks of the positions that are read."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._needed: dict[Value, tuple[int, ...] | None] = {}
        self._answers: dict[Hashable, list[tuple[int, ...] | None]] = {}
        for output in plan.outputs:
            self._need(output.value, _everything(output.value.shape))
        for node in reversed(plan.nodes):
            if node in self._needed:
                self._node(node, self._needed[node])

    def unread(self) -> dict[str, tuple[Unread, ...] | None]:
        """What is left of each input."""
        return {name: self._of(value) for name, value in self._plan.inputs.items()}

    def _of(self, value: Value) -> tuple[Unread, ...] | None:
        if value.shape is None or None in value.shape.spatial:
            return None
        needed = self._needed.get(value, (0,) * value.shape.rank)
        if needed is None:
            return None
        return tuple(_unread(mask, size or 0) for mask, size in zip(needed, value.shape.spatial, strict=True))

    def _need(self, value: Value, masks: tuple[int, ...] | None) -> None:
        before = self._needed.get(value)
        if value not in self._needed:
            self._needed[value] = masks
        elif before is None or masks is None:
            self._needed[value] = None
        else:
            self._needed[value] = tuple(map(or_, before, masks))

    def _node(self, node: Node, needed: tuple[int, ...] | None) -> None:
        shapes = [value.shape for value in node.inputs]
        known = tuple(shape for shape in shapes if _countable(shape))
        y, layer = node.shape, node.layer
        if needed is None or layer is None or not node.known or not _countable(y) or len(known) < len(shapes):
            for value in node.inputs:
                self._need(value, None)
        elif y.rank != known[0].rank:
            full = needed == _everything(y)
            self._need(node.inputs[0], _everything(known[0]) if full else None)
        elif node.inputs[0] is node.inputs[-1] and layer.reach(known[0]) == (POINT,) * y.rank:
            self._need(node.inputs[0], needed)
        else:
            for value, masks in zip(node.inputs, self._through(layer, known, y, needed), strict=True):
                self._need(value, masks)

    def _through(
        self, layer: Layer, inputs: tuple[Shape, ...], y: Shape, needed: tuple[int, ...]
    ) -> list[tuple[int, ...] | None]:
        """What the needed outputs read of each input; the same question is answered once."""
        key = (id(layer), inputs, needed)
        if key not in self._answers:
            self._answers[key] = [
                None if reads is None else tuple(map(_union_of_reads, reads, needed))
                for reads in layer.reads(inputs, y)
            ]
        return self._answers[key]


def _union_of_reads(reads: tuple[int, ...], needed: int) -> int:
    return reduce(or_, (reads[position] for position in _positions(needed)), 0)


def _everything(shape: Shape | None) -> tuple[int, ...] | None:
    return tuple((1 << (size or 0)) - 1 for size in shape.spatial) if _countable(shape) else None


def _countable(shape: Shape | None) -> TypeGuard[Shape]:
    return shape is not None and all(size is not None and size <= _MOST_PIXELS for size in shape.spatial)


def _unread(mask: int, size: int) -> Unread:
    if not mask:
        return Unread(size, 0, 0)
    before, after = (mask & -mask).bit_length() - 1, size - mask.bit_length()
    return Unread(before, after, size - before - after - mask.bit_count())


# Forwards: what each position sees


class Seen(NamedTuple):
    """What the positions of a value see: for each axis of the network's input a mask a position.

    mixed: the positions have become channels, so that the next layer that mixes those sees all of them.
    """

    masks: AxisReads
    mixed: bool = False

    @property
    def extents(self) -> tuple[int, ...]:
        """The widest extent along each axis; what is padding alone along one of them sees nothing."""
        found = tuple(max(map(_extent, column), default=0) for column in self.masks)
        return found if all(found) else (0,) * len(found)


def _extent(mask: int) -> int:
    return mask.bit_length() - (mask & -mask).bit_length() + 1 if mask else 0


def extents_at_this_size(plan: Plan) -> dict[Node, tuple[int, ...]]:
    """What each node sees of the input per axis, inside its borders; nodes of which there is no telling are left out."""
    ((entry),) = plan.inputs.values() if len(plan.inputs) == 1 else (None,)
    if entry is None or not _countable(entry.shape):
        return {}
    own = tuple(tuple(1 << position for position in range(size or 0)) for size in entry.shape.spatial)
    seen: dict[Value, Seen] = {entry: Seen(own)}
    for node in plan.nodes:
        found = _forwards(node, seen)
        if found is not None:
            seen[node] = found
    return {node: seen[node].extents for node in plan.nodes if node in seen}


def _forwards(node: Node, seen: dict[Value, Seen]) -> Seen | None:
    layer, y = node.layer, node.shape
    shapes = [value.shape for value in node.inputs]
    known = tuple(shape for shape in shapes if _countable(shape))
    fields = [seen[value] for value in node.inputs if value in seen]
    if (
        layer is None
        or not node.known
        or not _countable(y)
        or len(known) < len(shapes)
        or len(fields) < len(shapes)
    ):
        return None
    if known[0].rank == 0:
        return _of_features(layer, fields, y)
    if y.rank != known[0].rank:
        return fields[0]._replace(mixed=True) if y.rank == 0 else None
    found = list(zip(fields, layer.reads(known, y), strict=True))
    columns = [tuple(map(_seen_along, field.masks, reads)) for field, reads in found if reads is not None]
    return None if len(columns) < len(found) else Seen(_together(columns))


def _of_features(layer: Layer, fields: list[Seen], y: Shape) -> Seen | None:
    """Features see what the positions saw that they come from, one or all; laid out in space again, all the same."""
    mixed = [field.mixed for field in fields]
    if not layer.mixes_channels and len(fields) == 1 and y.rank == 0:
        return fields[0]
    whole = Seen(_together([tuple((reduce(or_, column),) for column in field.masks) for field in fields]))
    if y.rank == 0:
        return whole
    if any(mixed) or y.rank != len(whole.masks):
        return None
    return Seen(tuple(column * (size or 0) for column, size in zip(whole.masks, y.spatial, strict=True)))


def _seen_along(masks: tuple[int, ...], reads: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(reduce(or_, (masks[i] for i in _positions(mask)), 0) for mask in reads)


def _positions(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _together(branches: list[AxisReads]) -> AxisReads:
    """What the branches see at each position of each axis."""
    return tuple(
        tuple(reduce(or_, masks) for masks in zip(*columns, strict=True))
        for columns in zip(*branches, strict=True)
    )
