"""Which forms are definitions: all that branch, and chains that recur so often that a function saves lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cnnspec.codegen.forms import Form, Forms, Texts, inner_holes, inner_texts, rows
from cnnspec.codegen.parameters import Parameter, are_keywords, named, varying
from cnnspec.codegen.printing import RUN, camel, snake
from cnnspec.codegen.tree import Space, is_chain, is_numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cnnspec.codegen.imports import Imports
    from cnnspec.compiler.plan import Value

_FRAME = 3
"""The lines a function has more than its body: its head, and two blank ones."""
_ON_A_LINE = 4
"""So many arguments have room beside a name; twice as many on a line of their own."""


@dataclass(slots=True, eq=False)
class Definition:
    """A class or a function that makes all steps of a form."""

    form: Form
    space: Space
    name: str
    parameters: list[Parameter]
    texts: Texts
    """What fills the form's holes inside: names of parameters, and what all instances have."""


class Definitions:
    """The definition of each form that has one, parts before the wholes they are in."""

    def __init__(self, forms: Forms, blocks: Mapping[str, str], imports: Imports) -> None:
        self._blocks = blocks
        self._imports = imports
        self._written = Counter(part for form in forms for part in form.parts)
        self._lines: Counter[Form] = Counter()
        """How many lines stand where a form's module is made."""
        self.of: dict[Form, Definition] = {}
        for form in forms:
            if isinstance(form.step, Space):
                self._settle(form, form.step)
            else:
                self._lines[form] = 1

    def _settle(self, form: Form, space: Space) -> None:
        """Define a form or leave it inline, now that its parts are settled."""
        for step in form.texts:
            assert isinstance(step, Space), "alike steps are all namespaces"
            form.texts[step] = inner_texts(form, step)
        form.holes = tuple(inner_holes(form, space))
        columns = list(zip(*form.texts.values(), strict=True))
        groups = varying(form.holes, columns)
        called = _room(sum(not are_keywords(group, form.holes) for group in groups))
        if is_chain(space):
            self._lines[form] = body = self._body(form, space)
            defined = _FRAME + _room(len(groups)) + body - 1 + called * self._written[form]
            form.inline = self._written[form] * body <= defined
        if space.path and not form.inline:
            self._lines[form] = called
            self._define(form, space, columns, groups)

    def _body(self, form: Form, space: Space) -> int:
        """The lines of an nn.Sequential written in full."""
        runs = ((part, len(list(run))) for (part, *_), run in groupby(rows(form, form.texts[space])))
        entries = sum(self._lines[part] * (length if length < RUN else 1) for part, length in runs)
        return entries + (2 if is_numbered(space) else 6)

    def _define(self, form: Form, space: Space, columns: list[Texts], groups: list[list[int]]) -> None:
        name = self._imports.free(self._wish(form.texts, camel if not is_chain(space) else snake))
        taken = {*self._imports.taken, *(step.key for step in space.steps)}
        parameters = named(groups, form.holes, columns, _ends(form), taken)
        texts = [column[0] if len(set(column)) == 1 else "" for column in columns]
        for parameter in parameters:
            for index in parameter.holes:
                texts[index] = parameter.name
        self.of[form] = Definition(form, space, name, parameters, tuple(texts))
        form.holes = tuple(parameter.as_hole() for parameter in parameters)
        for step, own in form.texts.items():
            form.texts[step] = tuple(own[parameter.holes[0]] for parameter in parameters)

    def _wish(self, steps: Iterable[object], written: Callable[[str], str]) -> str:
        """The name of the block it is, or of its place in one; of several places, what they have in common."""
        paths = [step.path for step in steps if isinstance(step, Space)]
        path = next((path for path in paths if path in self._blocks), paths[0])
        place = self._place(path.split("."))
        alone = len(paths) == 1 or path in self._blocks
        return written(place if alone else re.sub(r"\.?\d+$", "", place) or place)

    def _place(self, levels: list[str]) -> str:
        """A path from the innermost block that it is in."""
        for end in range(len(levels), 0, -1):
            block = self._blocks.get(".".join(levels[:end]))
            if block is not None:
                return ".".join([block, *levels[end:]])
        return ".".join(levels)


def _ends(form: Form) -> tuple[Texts, Texts]:
    """The channels that come in first, and that go out first, in each of the alike steps."""
    values = ((step.inputs, step.outputs) for step in form.texts)
    first, last = zip(*((_channels(inputs), _channels(outputs)) for inputs, outputs in values), strict=True)
    return first, last


def _channels(values: tuple[Value, ...]) -> str:
    shape = values[0].shape if values else None
    return str(shape.channels) if shape else ""


def _room(parameters: int) -> int:
    """The lines that a call, or a head, with so many parameters takes."""
    return 1 if parameters <= _ON_A_LINE else 3 if parameters <= 2 * _ON_A_LINE else parameters + 2
