"""Which layer of one plan is which of another.

Names count most, then what a layer is: its kind, arguments and shapes. The layers of both plans stand in the order of
their construction, and the pairs are those of the highest score that keep this order (Needleman & Wunsch, 1970). So a
layer that is inserted among unnamed ones is one that was added, however many numbers behind it have changed.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cnnspec.compiler.plan import Node

Pair = tuple[Node, Node]

_KIND, _ARGUMENTS, _INPUTS, _OUTPUT, _PATH, _NAME = 4, 6, 2, 2, 3, 2
"""What a pair scores for each thing that is equal; a name is the end of a path that is no number."""
_SAME_PATH_ALONE = 1
"""What layers of two kinds score that stand at one path: one was put in the place of the other."""
_MOST_CELLS = 1_000_000
"""A larger table of scores is divided at layers that are the same in both plans, or have one path and kind."""


class Alignment(NamedTuple):
    """Pairs of layers, in the order of the second plan; the others were added or removed."""

    pairs: tuple[Pair, ...]
    moved: frozenset[Node]
    """Layers of the second plan that have their partners by name alone: they stand elsewhere in the order."""


class _Features(NamedTuple):
    """What is compared of a layer, each a number: equal things have equal numbers."""

    path: int
    name: int
    kind: int
    arguments: int
    inputs: int
    output: int


def _all_of_it(look: _Features) -> object:
    return look


def _path_and_kind(look: _Features) -> object:
    return look.path, look.kind


def align(before: Sequence[Node], after: Sequence[Node]) -> Alignment:
    """The pairs of layers of two plans."""
    numbers: dict[object, int] = {}
    look = {node: _features(node, numbers) for node in (*before, *after)}
    pairs = [(before[i], after[j]) for i, j in _pairs([look[n] for n in before], [look[n] for n in after])]
    paired = {node for pair in pairs for node in pair}
    named = {node.path: node for node in before if node not in paired and _name(node)}
    moved = [
        (named[node.path], node)
        for node in after
        if node not in paired and node.path in named and named[node.path].kind == node.kind
    ]
    order = {node: index for index, node in enumerate(after)}
    both = sorted([*pairs, *moved], key=lambda pair: order[pair[1]])
    return Alignment(tuple(both), frozenset(node for _, node in moved))


def arguments(node: Node) -> dict[str, object]:
    """A layer's arguments, without what follows from its inputs, and the names of values that are its inputs."""
    layer = node.layer
    assert layer is not None, "only whole plans are compared"
    left_out = {layer.inferred_argument, *layer.references}
    return {name: getattr(layer, name) for name in type(layer).model_fields if name not in left_out}


def _name(node: Node) -> str:
    """The end of its path where that is a name, not a number."""
    end = node.path.rpartition(".")[2]
    return "" if end.isdecimal() else end


def _features(node: Node, numbers: dict[object, int]) -> _Features:
    what = (
        ("path", node.path),
        ("name", _name(node) or node.path),
        ("kind", node.kind),
        ("arguments", node.kind, repr(arguments(node))),
        ("shapes", *(value.shape for value in node.inputs)),
        ("shapes", node.shape),
    )
    return _Features(*(numbers.setdefault(key, len(numbers)) for key in what))


def _pairs(before: Sequence[_Features], after: Sequence[_Features]) -> list[tuple[int, int]]:
    """Positions of the pairs: what is equal at both ends first, for most of two plans is."""
    start = _equal_at_start(before, after)
    end = _equal_at_start(before[start:][::-1], after[start:][::-1])
    found = [(index, index) for index in range(start)]
    rows, columns = len(before) - end, len(after) - end
    found += _divided(before, after, (start, rows), (start, columns))
    return found + [(rows + index, columns + index) for index in range(end)]


def _equal_at_start(before: Sequence[_Features], after: Sequence[_Features]) -> int:
    both = zip(before, after, strict=False)
    different = (index for index, (one, other) in enumerate(both) if one != other)
    return next(different, min(len(before), len(after)))


def _divided(
    before: Sequence[_Features],
    after: Sequence[_Features],
    rows: tuple[int, int],
    columns: tuple[int, int],
    keys: Sequence[Callable[[_Features], object]] = (_all_of_it, _path_and_kind),
) -> list[tuple[int, int]]:
    """The pairs within a stretch of each plan; a long one is divided at layers that have a key in common."""
    if (rows[1] - rows[0]) * (columns[1] - columns[0]) <= _MOST_CELLS:
        best = _best(before[slice(*rows)], after[slice(*columns)])
        return [(rows[0] + i, columns[0] + j) for i, j in best]
    if not keys:
        return []
    found: list[tuple[int, int]] = []
    row, column = rows[0], columns[0]
    for i, j in [*_in_common(before, after, rows, columns, keys[0]), (rows[1], columns[1])]:
        found += _divided(before, after, (row, i), (column, j), keys[1:])
        found += [(i, j)] if i < rows[1] else []
        row, column = i + 1, j + 1
    return found


def _in_common(
    before: Sequence[_Features],
    after: Sequence[_Features],
    rows: tuple[int, int],
    columns: tuple[int, int],
    key: Callable[[_Features], object],
) -> list[tuple[int, int]]:
    """Positions of layers with equal keys, as far as both plans have them in one order."""
    position = {key(after[j]): j for j in range(*columns)}
    found: list[tuple[int, int]] = []
    for i in range(*rows):
        j = position.get(key(before[i]), -1)
        if j > (found[-1][1] if found else -1):
            found.append((i, j))
    return found


def _best(before: Sequence[_Features], after: Sequence[_Features]) -> list[tuple[int, int]]:
    """The pairs of the highest sum of scores in which no two cross."""
    table = [array("l", [0]) * (len(after) + 1)]
    for one in before:
        above, row = table[-1], array("l", [0])
        for column, other in enumerate(after):
            skipped = max(above[column + 1], row[column])
            score = _score(one, other)
            row.append(max(skipped, above[column] + score) if score else skipped)
        table.append(row)
    found, i, j = [], len(before), len(after)
    while i and j:
        if table[i][j] == table[i - 1][j]:
            i -= 1
        elif table[i][j] == table[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def _score(one: _Features, other: _Features) -> int:
    same_path = one.path == other.path
    if one.kind != other.kind:
        return _SAME_PATH_ALONE if same_path else 0
    return (
        _KIND
        + _ARGUMENTS * (one.arguments == other.arguments)
        + _INPUTS * (one.inputs == other.inputs)
        + _OUTPUT * (one.output == other.output)
        + _PATH * same_path
        + _NAME * (one.name == other.name)
    )
