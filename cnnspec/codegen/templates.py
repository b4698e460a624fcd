"""What alike modules share: a template is their source, with slots for the values in which they may differ.

Modules of one template can be one definition, whose parameters are the slots that are filled differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnspec.codegen.forward import ForwardMethod
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.syntax import Expression, SlotValue, keyword, literal
from cnnspec.codegen.tree import Child, Container, Operation, is_sequential
from cnnspec.compiler.plan import Plan
from cnnspec.core.emit import Emit, Function, Module, Parameter

SlotValues = tuple[SlotValue, ...]
"""What fills the slots of a template, in order."""


class Slot(NamedTuple):
    """A place for an argument of a call; without a name, for a comment, which is a text."""

    name: str = ""
    keyword: bool = False
    default: SlotValue | None = None
    """What the argument is where it is not written."""
    path: tuple[str, ...] = ()
    """The keys that lead to the module it is an argument of."""


@dataclass(slots=True, eq=False)
class Template:
    """What alike children share; `parts` are the templates of a container's children."""

    parts: tuple[Template, ...]
    slots: tuple[Slot, ...]
    """The slots that a call fills; after `Definitions`, the definition's parameters."""
    instances: dict[Child, SlotValues] = field(default_factory=dict)
    """What fills the slots, for each of the alike children."""
    inline: bool = False
    """Whether it is an nn.Sequential that is written where it is used."""

    @property
    def example(self) -> Child:
        """The first of the alike children."""
        return next(iter(self.instances))

    def rows(self, atoms: SlotValues) -> Iterator[tuple[Template, SlotValues, str]]:
        """The parts of a container with their shares of the atoms, and the comments beside them."""
        start = 0
        for part in self.parts:
            end = start + len(part.slots)
            yield part, atoms[start:end], str(atoms[end])
            start = end + 1


class Templates:
    """The template of each child of a network."""

    def __init__(self, root: Container, plan: Plan, imports: Imports) -> None:
        self._plan = plan
        self._imports = imports
        self._templates: dict[object, Template] = {}
        self._of: dict[Child, Template] = {}
        self._calls: dict[int, _Call] = {}
        self._slots: dict[object, tuple[Slot, ...]] = {}
        self._add(root)

    def __iter__(self) -> Iterator[Template]:
        """All templates, parts before the wholes they are in."""
        return iter(self._templates.values())

    def of(self, child: Child) -> Template:
        """A child's template."""
        return self._of[child]

    def _add(self, child: Child) -> None:
        parts: tuple[Template, ...] = ()
        if isinstance(child, Operation):
            key, slots, atoms = self._call(child.emit)
        else:
            for inner in child.children:
                self._add(inner)
            parts = tuple(self._of[inner] for inner in child.children)
            key, slots, atoms = self._structure(child, parts), (), ()
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = Template(parts, slots)
        template.instances[child] = atoms
        self._of[child] = template

    def _call(self, emit: Emit) -> _Call:
        if id(emit) not in self._calls:
            self._calls[id(emit)] = _call(emit, self._slots)
        return self._calls[id(emit)]

    def _structure(self, container: Container, parts: tuple[Template, ...]) -> object:
        """What decides a container's source, up to the values."""
        keys = tuple(child.key for child in container.children)
        if is_sequential(container):
            return keys, parts
        forward = ForwardMethod(container, self._plan, self._imports, {})
        return keys, parts, forward.head, forward.statements


class _Call(NamedTuple):
    """An operation's call up to the values, its slots, its values."""

    key: object
    slots: tuple[Slot, ...]
    atoms: SlotValues


def _call(emit: Emit, known: dict[object, tuple[Slot, ...]]) -> _Call:
    """`known` are the slots of calls with the same key."""
    if isinstance(emit, Parameter):
        sizes = tuple(Slot("size") for _ in emit.shape)
        atoms = tuple(map(literal, (*emit.shape, emit.value)))
        return _Call((Parameter, sizes), (*sizes, Slot("value")), atoms)
    if not isinstance(emit, Module | Function):
        return _Call(emit, (), ())
    required = tuple(name for name in emit.kwargs if name not in emit.defaults)
    key = (emit.target, emit.names, required, *emit.defaults)
    if key not in known:
        known[key] = (
            *(Slot(name) for name in emit.names),
            *(Slot(name, keyword=True) for name in required),
            *(Slot(name, keyword=True, default=literal(value)) for name, value in emit.defaults.items()),
        )
    keywords = {**dict.fromkeys(required), **emit.defaults, **emit.kwargs}
    return _Call(key, known[key], tuple(map(literal, (*emit.args, *keywords.values()))))


def arguments(slots: Iterable[Slot], atoms: Iterable[Expression]) -> tuple[Expression, ...]:
    """A call's arguments, without keywords that have their default."""
    return tuple(
        keyword(slot.name, atom) if slot.keyword else atom
        for slot, atom in zip(slots, atoms, strict=True)
        if atom != slot.default
    )


def inner_slots(template: Template, container: Container) -> Iterator[Slot]:
    """The slots in a container's source: those of its parts, and one for a comment beside each."""
    for child, part in zip(container.children, template.parts, strict=True):
        for slot in part.slots:
            yield slot._replace(path=(child.key, *slot.path))
        yield Slot()


def inner_values(template: Template, container: Container) -> SlotValues:
    """What fills them in one of the alike containers."""
    pairs = zip(container.children, template.parts, strict=True)
    return tuple(
        atom
        for child, part in pairs
        for atom in (*part.instances[child], "" if part.inline else _comment(child))
    )


def _comment(child: Child) -> str:
    """The shape that a child gives, where it is another than it takes."""
    before, after = child.inputs, child.outputs
    alone = len(after) == 1 and (len(before) == 1 or isinstance(child, Operation))
    if not alone or before[0].shape == after[0].shape:
        return ""
    return str(after[0].shape)
