"""Which templates become classes or functions: each that branches, and an nn.Sequential if a function makes the file shorter."""

from __future__ import annotations

import re
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, dropwhile, groupby
from typing import NamedTuple

from cnnspec.codegen.identifiers import camel, is_attribute, snake
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.syntax import REPEATED, Expression, Parts, SlotValue
from cnnspec.codegen.templates import Slot, SlotValues, Template, Templates, inner_slots, inner_values
from cnnspec.codegen.tree import Container, is_numbered, is_sequential
from cnnspec.compiler.plan import Value

_HEAD_AND_BLANK_LINES = 3
"""The lines a function has more than its body: its head, and two blank ones."""
_MOST_ON_ONE_LINE = 4
"""So many arguments have room beside a name; twice as many on a line of their own."""


@dataclass(slots=True, eq=False)
class Definition:
    """A class or a function that makes all modules of a template."""

    template: Template
    container: Container
    """One of those that it makes."""
    name: str
    parameters: list[FormalParameter]
    atoms: SlotValues
    """What fills the template's slots inside: names of parameters, and values that all instances have."""


class Definitions:
    """The definition of each template that has one, parts before the wholes they are in."""

    def __init__(self, templates: Templates, blocks: Mapping[str, str], imports: Imports) -> None:
        self._blocks = blocks
        self._imports = imports
        self._uses = Counter(part for template in templates for part in template.parts)
        self._lines: Counter[Template] = Counter()
        """How many lines a module of a template takes where it is made."""
        self.of: dict[Template, Definition] = {}
        for template in templates:
            if isinstance(template.example, Container):
                self._add(template, template.example)
            else:
                self._lines[template] = 1

    def _add(self, template: Template, container: Container) -> None:
        """Define a template, or leave it inline; its parts have been added before."""
        for child in template.instances:
            assert isinstance(child, Container), "alike children are all containers"
            template.instances[child] = inner_values(template, child)
        template.slots = tuple(inner_slots(template, container))
        columns = list(zip(*template.instances.values(), strict=True))
        groups = slot_groups(template.slots, columns)
        call = _lines(sum(not all_keywords(group, template.slots) for group in groups))
        if is_sequential(container):
            self._lines[template] = body = self._body(template, container)
            definition = _HEAD_AND_BLANK_LINES + _lines(len(groups)) + body - 1 + call * self._uses[template]
            template.inline = self._uses[template] * body <= definition
        if container.path and not template.inline:
            self._lines[template] = call
            self._define(template, container, columns, groups)

    def _body(self, template: Template, container: Container) -> int:
        """The lines of an nn.Sequential written in full."""
        rows = template.rows(template.instances[container])
        runs = ((part, len(list(run))) for (part, *_), run in groupby(rows))
        entries = sum(self._lines[part] * (times if times < REPEATED else 1) for part, times in runs)
        return entries + (2 if is_numbered(container) else 6)

    def _define(
        self, template: Template, container: Container, columns: list[SlotValues], groups: list[list[int]]
    ) -> None:
        case = snake if is_sequential(container) else camel
        name = self._imports.free(self._preferred_name(template.instances, case))
        taken = {*self._imports.taken, *(child.key for child in container.children)}
        parameters = formal_parameters(groups, template.slots, columns, _channels_in_and_out(template), taken)
        atoms = [column[0] if len(set(column)) == 1 else "" for column in columns]
        for parameter in parameters:
            for index in parameter.slots:
                atoms[index] = parameter.name
        self.of[template] = Definition(template, container, name, parameters, tuple(atoms))
        template.slots = tuple(parameter.as_slot() for parameter in parameters)
        for child, own in template.instances.items():
            template.instances[child] = tuple(own[parameter.slots[0]] for parameter in parameters)

    def _preferred_name(self, children: Iterable[object], case: Callable[[str], str]) -> str:
        """The name of the block it is, or of its path in one; of several paths, what they have in common."""
        paths = [child.path for child in children if isinstance(child, Container)]
        path = next((path for path in paths if path in self._blocks), paths[0])
        inner = self._path_in_block(path.split("."))
        alone = len(paths) == 1 or path in self._blocks
        return case(inner if alone else re.sub(r"\.?\d+$", "", inner) or inner)

    def _path_in_block(self, levels: list[str]) -> str:
        """A path from the innermost block that it is in."""
        for end in range(len(levels), 0, -1):
            block = self._blocks.get(".".join(levels[:end]))
            if block is not None:
                return ".".join([block, *levels[end:]])
        return ".".join(levels)


def _channels_in_and_out(template: Template) -> tuple[SlotValues, SlotValues]:
    """The channels of the first input, and of the first output, of each of the alike children."""
    children = template.instances
    return tuple(_channels(child.inputs) for child in children), tuple(
        _channels(child.outputs) for child in children
    )


def _channels(values: tuple[Value, ...]) -> SlotValue:
    shape = values[0].shape if values else None
    return (shape and shape.channels) or ""


def _lines(parameters: int) -> int:
    """The lines that a call, or a head, with so many parameters takes."""
    return (
        1 if parameters <= _MOST_ON_ONE_LINE else 3 if parameters <= 2 * _MOST_ON_ONE_LINE else parameters + 2
    )


# Parameters: the values in which instances differ, named as torch names arguments


Column = tuple[SlotValue, ...]
"""What fills one slot, in each instance."""
Channels = tuple[Column, Column]
"""The channels that come in, and that go out, in each instance."""


class FormalParameter(NamedTuple):
    """A parameter of a class or function, which fills all of the `slots`, by index."""

    name: str
    slots: tuple[int, ...]
    annotation: str
    keyword: bool
    default: SlotValue | None
    """Torch's, if an instance has it."""

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{default}"

    def as_slot(self) -> Slot:
        """The slot for it in a call of the definition."""
        return Slot(self.name, keyword=self.keyword, default=self.default)


def slot_groups(slots: Sequence[Slot], columns: Sequence[Column]) -> list[list[int]]:
    """The slots that instances fill differently, by index; those always filled alike are together."""
    together: dict[Column, list[int]] = {}
    for index, (slot, column) in enumerate(zip(slots, columns, strict=True)):
        if slot.name and column.count(column[0]) < len(column):
            together.setdefault(column, []).append(index)
    return list(together.values())


def formal_parameters(
    groups: list[list[int]],
    slots: Sequence[Slot],
    columns: Sequence[Column],
    in_and_out: Channels,
    taken: set[str],
) -> list[FormalParameter]:
    """A parameter for each group of slots; keywords are last, those with a default at the end."""
    varied = Counter(slots[index].name for group in groups for index in group)
    found = []
    for group in groups:
        column = columns[group[0]]
        wishes = list(_candidate_names([slots[index] for index in group], column, in_and_out, varied))
        numbered = (f"{wishes[-1]}{number}" for number in count(2))
        name = next(name for name in chain(wishes, numbered) if name not in taken)
        taken.add(name)
        found.append(_parameter(name, group, column, slots))
    return sorted(found, key=lambda parameter: (parameter.keyword, parameter.default is not None))


def all_keywords(group: Iterable[int], slots: Sequence[Slot]) -> bool:
    """Whether all slots of a group are filled by name."""
    return all(slots[index].keyword for index in group)


def _parameter(name: str, group: list[int], column: Column, slots: Sequence[Slot]) -> FormalParameter:
    defaults = {slots[index].default for index in group}
    default = defaults.pop() if len(defaults) == 1 and defaults <= set(column) else None
    return FormalParameter(name, tuple(group), _annotation(column), all_keywords(group, slots), default)


def _annotation(column: Iterable[SlotValue]) -> str:
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


def _candidate_names(
    group: list[Slot], column: Column, in_and_out: Channels, varied: Counter[str]
) -> Iterator[str]:
    """Names for slots that are filled alike, the best first.

    What comes in and what goes out have torch's own names, and so has what can mean nothing else.
    Others are named after their module, from the outermost; what is in one without a name is hidden.
    """
    sizes = [slot for slot in group if slot.name.startswith(("in_", "out_"))]
    for prefix, end in zip(("in_", "out_"), in_and_out, strict=True):
        yield from (slot.name for slot in sizes if slot.name.startswith(prefix) and column == end)
    first = (sizes or group)[0]
    if not sizes and varied[first.name] == sum(slot.name == first.name for slot in group):
        yield first.name
    keys = list(dropwhile(lambda key: not is_attribute(key), first.path))
    for last in range(1, len(keys) + 1):
        yield f"{snake('_'.join(keys[:last]))}_{first.name}"
    if not keys:
        yield f"hidden_{first.name.removeprefix('in_').removeprefix('out_')}" if sizes else first.name
