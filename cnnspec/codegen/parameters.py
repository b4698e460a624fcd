"""The parameters of a definition: the values in which its instances differ, named as torch names arguments."""

from __future__ import annotations

from ast import literal_eval
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, dropwhile
from typing import NamedTuple

from cnnspec.codegen.identifiers import is_attribute, snake
from cnnspec.codegen.syntax import Atom, Expression, Parts
from cnnspec.codegen.templates import Slot

Column = tuple["Atom", ...]
"""What fills one slot, in each instance."""
Ends = tuple[Column, Column]
"""The channels that come in, and that go out, in each instance."""


class FormalParameter(NamedTuple):
    """A parameter of a class or function, which fills all of the `slots`, by index."""

    name: str
    slots: tuple[int, ...]
    annotation: str
    keyword: bool
    default: Atom | None
    """Torch's, if an instance has it."""

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{default}"

    def as_slot(self) -> Slot:
        """The slot for it in a call of the definition."""
        return Slot(self.name, keyword=self.keyword, default=self.default)


def varying(slots: Sequence[Slot], columns: Sequence[Column]) -> list[list[int]]:
    """The slots that instances fill differently, by index; those always filled alike are together."""
    together: dict[Column, list[int]] = {}
    for index, (slot, column) in enumerate(zip(slots, columns, strict=True)):
        if slot.name and column.count(column[0]) < len(column):
            together.setdefault(column, []).append(index)
    return list(together.values())


def named(
    groups: list[list[int]], slots: Sequence[Slot], columns: Sequence[Column], ends: Ends, taken: set[str]
) -> list[FormalParameter]:
    """A parameter for each group of slots; keywords are last, those with a default at the end."""
    varied = Counter(slots[index].name for group in groups for index in group)
    found = []
    for group in groups:
        column = columns[group[0]]
        wishes = list(_wishes([slots[index] for index in group], column, ends, varied))
        numbered = (f"{wishes[-1]}{number}" for number in count(2))
        name = next(name for name in chain(wishes, numbered) if name not in taken)
        taken.add(name)
        found.append(_parameter(name, group, column, slots))
    return sorted(found, key=lambda parameter: (parameter.keyword, parameter.default is not None))


def are_keywords(group: Iterable[int], slots: Sequence[Slot]) -> bool:
    """Whether all slots of a group are filled by name."""
    return all(slots[index].keyword for index in group)


def _parameter(name: str, group: list[int], column: Column, slots: Sequence[Slot]) -> FormalParameter:
    defaults = {slots[index].default for index in group}
    default = defaults.pop() if len(defaults) == 1 and defaults <= set(column) else None
    return FormalParameter(name, tuple(group), _annotation(column), are_keywords(group, slots), default)


def _annotation(column: Iterable[Atom]) -> str:
    """The type of values: `int`, `tuple[int, int]`, `int | None`."""
    kinds = {_type(atom) for atom in set(column)}
    if "float" in kinds:
        kinds.discard("int")
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind)))


def _type(atom: Expression) -> str:
    if isinstance(atom, Parts):
        return f"tuple[{', '.join(map(_type, atom.items))}]"
    value = literal_eval(str(atom))
    return "None" if value is None else type(value).__name__


def _wishes(group: list[Slot], column: Column, ends: Ends, varied: Counter[str]) -> Iterator[str]:
    """Names for slots that are filled alike, the best first.

    What comes in and what goes out have torch's own names, and so has what can mean nothing else.
    Others are named after their module, from the outermost; what is in one without a name is hidden.
    """
    sizes = [slot for slot in group if slot.name.startswith(("in_", "out_"))]
    for prefix, end in zip(("in_", "out_"), ends, strict=True):
        yield from (slot.name for slot in sizes if slot.name.startswith(prefix) and column == end)
    first = (sizes or group)[0]
    if not sizes and varied[first.name] == sum(slot.name == first.name for slot in group):
        yield first.name
    keys = list(dropwhile(lambda key: not is_attribute(key), first.path))
    for last in range(1, len(keys) + 1):
        yield f"{snake('_'.join(keys[:last]))}_{first.name}"
    if not keys:
        yield f"hidden_{first.name.removeprefix('in_').removeprefix('out_')}" if sizes else first.name
