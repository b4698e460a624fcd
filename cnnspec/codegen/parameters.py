"""The parameters of a definition: the values in which its instances differ, by names of torch's arguments."""

from __future__ import annotations

import ast
from collections import Counter
from itertools import chain, count, dropwhile
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.codegen.printing import Hole, is_attribute, snake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Column = tuple[str, ...]
"""What fills one hole, in each instance."""
Ends = tuple[Column, Column]
"""The channels that come in, and that go out, in each instance."""


class Parameter(NamedTuple):
    """One value of a constructor, which fills all of the `holes`, by index."""

    name: str
    holes: tuple[int, ...]
    annotation: str
    keyword: bool
    default: str | None
    """Torch's, if an instance has it."""

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{default}"

    def as_hole(self) -> Hole:
        """The place for it in a call of the definition."""
        return Hole(self.name, keyword=self.keyword, default=self.default)


def varying(holes: Sequence[Hole], columns: Sequence[Column]) -> list[list[int]]:
    """The holes that instances fill differently, by index; those always filled alike are together."""
    together: dict[Column, list[int]] = {}
    for index, (hole, column) in enumerate(zip(holes, columns, strict=True)):
        if hole.name and column.count(column[0]) < len(column):
            together.setdefault(column, []).append(index)
    return list(together.values())


def named(
    groups: list[list[int]], holes: Sequence[Hole], columns: Sequence[Column], ends: Ends, taken: set[str]
) -> list[Parameter]:
    """A parameter for each group of holes; keywords are last, those with a default at the end."""
    varied = Counter(holes[index].name for group in groups for index in group)
    found = []
    for group in groups:
        column = columns[group[0]]
        wishes = list(_wishes([holes[index] for index in group], column, ends, varied))
        numbered = (f"{wishes[-1]}{number}" for number in count(2))
        name = next(name for name in chain(wishes, numbered) if name not in taken)
        taken.add(name)
        found.append(_parameter(name, group, column, holes))
    return sorted(found, key=lambda parameter: (parameter.keyword, parameter.default is not None))


def are_keywords(group: Iterable[int], holes: Sequence[Hole]) -> bool:
    """Whether all holes of a group are filled by name."""
    return all(holes[index].keyword for index in group)


def _parameter(name: str, group: list[int], column: Column, holes: Sequence[Hole]) -> Parameter:
    defaults = {holes[index].default for index in group}
    default = defaults.pop() if len(defaults) == 1 and defaults <= set(column) else None
    return Parameter(name, tuple(group), _annotation(column), are_keywords(group, holes), default)


def _annotation(column: Iterable[str]) -> str:
    """The type of literals: `int`, `tuple[int, int]`, `int | None`."""
    kinds = {_kind(ast.literal_eval(text)) for text in set(column)}
    if "float" in kinds:
        kinds.discard("int")
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind)))


def _kind(value: object) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_kind, value))}]"
    return "None" if value is None else type(value).__name__


def _wishes(group: list[Hole], column: Column, ends: Ends, varied: Counter[str]) -> Iterator[str]:
    """Names for holes that are filled alike, the best first.

    What comes in and what goes out have torch's own names, and so has what can mean nothing else.
    Others are named after their module, from the outermost; what is in one without a name is hidden.
    """
    sizes = [hole for hole in group if hole.name.startswith(("in_", "out_"))]
    for prefix, end in zip(("in_", "out_"), ends, strict=True):
        yield from (hole.name for hole in sizes if hole.name.startswith(prefix) and column == end)
    first = (sizes or group)[0]
    if not sizes and varied[first.name] == sum(hole.name == first.name for hole in group):
        yield first.name
    keys = list(dropwhile(lambda key: not is_attribute(key), first.path))
    for last in range(1, len(keys) + 1):
        yield f"{snake('_'.join(keys[:last]))}_{first.name}"
    if not keys:
        yield f"hidden_{first.name.removeprefix('in_').removeprefix('out_')}" if sizes else first.name
