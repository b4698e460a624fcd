"""What alike steps share: a form is all of a step's text but the values, which fill its holes.

Steps of one form differ in plain values at most, so they can be one definition, whose parameters are
the holes that are filled differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnspec.codegen.forward import forward_lines
from cnnspec.codegen.printing import Hole, literal
from cnnspec.codegen.tree import Leaf, Space, Step, is_chain
from cnnspec.core.emit import Emit, Function, Module, Parameter

if TYPE_CHECKING:
    from cnnspec.codegen.imports import Imports
    from cnnspec.compiler.plan import Plan

Texts = tuple[str, ...]
"""What fills the holes of a form: values as source, or names of parameters."""
Call = tuple[object, tuple[Hole, ...], Texts]
"""A layer's call up to the values, its holes, its values."""


@dataclass(slots=True, eq=False)
class Form:
    """What alike steps share; `parts` are the forms of the steps of a namespace."""

    parts: tuple[Form, ...]
    holes: tuple[Hole, ...]
    """Those that whoever makes the module has to fill: of a definition, its parameters."""
    texts: dict[Step, Texts] = field(default_factory=dict)
    """What fills the holes, for each of the alike steps."""
    inline: bool = False
    """Whether it is a chain that is written where it is used."""

    @property
    def step(self) -> Step:
        """The first of the alike steps: the text is its own."""
        return next(iter(self.texts))


class Forms:
    """The form of each step."""

    def __init__(self, root: Space, plan: Plan, imports: Imports) -> None:
        self._plan = plan
        self._imports = imports
        self._forms: dict[object, Form] = {}
        self._of: dict[Step, Form] = {}
        self._calls: dict[int, Call] = {}
        self._holes: dict[object, tuple[Hole, ...]] = {}
        self._read(root)

    def __iter__(self) -> Iterator[Form]:
        """All forms, parts before the wholes they are in."""
        return iter(self._forms.values())

    def of(self, step: Step) -> Form:
        """A step's form."""
        return self._of[step]

    def _read(self, step: Step) -> None:
        if isinstance(step, Leaf):
            key, holes, texts = self._call(step.emit)
            parts: tuple[Form, ...] = ()
        else:
            for inner in step.steps:
                self._read(inner)
            parts = tuple(self._of[inner] for inner in step.steps)
            key, holes, texts = self._structure(step, parts), (), ()
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = Form(parts, holes)
        form.texts[step] = texts
        self._of[step] = form

    def _call(self, emit: Emit) -> Call:
        if id(emit) not in self._calls:
            self._calls[id(emit)] = _call(emit, self._holes)
        return self._calls[id(emit)]

    def _structure(self, space: Space, parts: tuple[Form, ...]) -> object:
        """What decides a namespace's text, up to the holes."""
        keys = tuple(step.key for step in space.steps)
        if is_chain(space):
            return keys, parts
        forward = forward_lines(space, self._plan, self._imports, {}, root=not space.path)
        return keys, parts, tuple(forward)


def _call(emit: Emit, known: dict[object, tuple[Hole, ...]]) -> Call:
    if isinstance(emit, Parameter):
        sizes = tuple(Hole("size") for _ in emit.shape)
        return (Parameter, sizes), (*sizes, Hole("value")), tuple(map(literal, (*emit.shape, emit.value)))
    if not isinstance(emit, Module | Function):
        return emit, (), ()
    needed = tuple(name for name in emit.kwargs if name not in emit.defaults)
    key = (emit.target, emit.names, needed, *emit.defaults)
    holes = known.get(key)
    if holes is None:
        holes = known[key] = (
            *(Hole(name) for name in emit.names),
            *(Hole(name, keyword=True) for name in needed),
            *(Hole(name, keyword=True, default=literal(value)) for name, value in emit.defaults.items()),
        )
    keywords = {**dict.fromkeys(needed), **emit.defaults, **emit.kwargs}
    return key, holes, tuple(map(literal, (*emit.args, *keywords.values())))


def rows(form: Form, texts: Texts) -> Iterator[tuple[Form, Texts, str]]:
    """The parts of a namespace with their shares of the texts, and the comments beside them."""
    start = 0
    for part in form.parts:
        end = start + len(part.holes)
        yield part, texts[start:end], texts[end]
        start = end + 1


def inner_holes(form: Form, space: Space) -> Iterator[Hole]:
    """The holes in a namespace's text: those of its parts, and one for a comment beside each."""
    for step, part in zip(space.steps, form.parts, strict=True):
        for hole in part.holes:
            yield hole._replace(path=(step.key, *hole.path))
        yield Hole()


def inner_texts(form: Form, space: Space) -> Texts:
    """What fills them in one of the alike namespaces."""
    pairs = zip(space.steps, form.parts, strict=True)
    return tuple(
        text for step, part in pairs for text in (*part.texts[step], "" if part.inline else _shape(step))
    )


def _shape(step: Step) -> str:
    """A comment with the shape, where it is another than before."""
    before, after = step.inputs, step.outputs
    alone = len(after) == 1 and (len(before) == 1 or isinstance(step, Leaf))
    return "" if not alone or before[0].shape == after[0].shape else f"  # {after[0].shape}"
