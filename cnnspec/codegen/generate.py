"""The printed network: a function where it is one nn.Sequential, classes where it branches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cnnspec.codegen.definitions import Definition, Definitions
from cnnspec.codegen.forms import Form, Forms, Texts, rows
from cnnspec.codegen.forward import forward_lines
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.initialisation import init_lines
from cnnspec.codegen.loops import with_loops
from cnnspec.codegen.printing import RUN, arguments, call, camel, docstring, is_attribute, snake, tuple_of
from cnnspec.codegen.tree import Leaf, Space, Step, is_chain, is_numbered, tree_of
from cnnspec.core.emit import Function, Module, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.plan import Plan


@dataclass(frozen=True, slots=True)
class Generated:
    """Source of a Python module; `entry` is the function or class that makes the network."""

    source: str
    entry: str


def generate(plan: Plan) -> Generated:
    """The source of a plan without errors."""
    return _Printer(plan).run()


class _Printer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._imports = Imports()
        self._root = tree_of(plan)
        one = plan.output_form == "one" and len(plan.inputs) == 1
        self._is_function = one and is_chain(self._root)
        self._entry = self._imports.free((snake if self._is_function else camel)(plan.name))
        self._forms = Forms(self._root, plan, self._imports)
        self._definitions = Definitions(self._forms, plan.blocks, self._imports)

    def run(self) -> Generated:
        """Print the definitions, each after those it needs, and the root."""
        defined = [self._defined(definition) for definition in self._definitions.of.values()]
        root = self._function() if self._is_function else self._class()
        parts = [self._imports.helpers_source(), *defined, root]
        body = "\n\n\n".join(part.strip("\n") for part in parts if part)
        return Generated(f"{self._docstring()}\n\n{self._imports.text()}\n\n\n{body}\n", self._entry)

    def _docstring(self) -> str:
        plan = self._plan
        shapes = ", ".join(str(value.shape) for value in plan.inputs.values())
        ends = ", ".join(str(output.value.shape) for output in plan.outputs)
        return docstring(f"{plan.name}: {shapes} → {ends}, {plan.params:,} parameters.", plan.description)

    # -- the root -----------------------------------------------------------------------------

    def _title(self) -> str:
        return f'    """The network, its weights not trained: {self._plan.params:,} parameters."""'

    def _function(self) -> str:
        """The whole network is one nn.Sequential: it can be sliced, and pickled anywhere."""
        form = self._forms.of(self._root)
        built = self._sequential(form, self._root, form.texts[self._root], 4)
        init = init_lines(self._plan, self._root, self._imports, "model", 4)
        last = [f"    model = {built}", *init, "    return model"] if init else [f"    return {built}"]
        return "\n".join([f"def {self._entry}() -> nn.Sequential:", self._title(), *last])

    def _class(self) -> str:
        form = self._forms.of(self._root)
        made = Definition(form, self._root, self._entry, [], form.texts[self._root])
        init = init_lines(self._plan, self._root, self._imports, "self", 8)
        return "\n".join([f"class {self._entry}(nn.Module):", self._title(), "", *self._members(made, init)])

    # -- definitions --------------------------------------------------------------------------

    def _defined(self, made: Definition) -> str:
        if not is_chain(made.space):
            return "\n".join([f"class {made.name}(nn.Module):", *self._members(made, [])])
        head = call(f"def {made.name}", [*map(str, made.parameters)], 0, after=" -> nn.Sequential:")
        return f"{head}\n    return {self._sequential(made.form, made.space, made.texts, 4)}"

    def _members(self, made: Definition, init: list[str]) -> list[str]:
        """The constructor and the forward of a class."""
        names = {parameter.name for parameter in made.parameters}
        kept: dict[str, None] = {}
        given: dict[Step, list[str]] = {}
        modules = []
        for step, (part, texts, comment) in zip(made.space.steps, rows(made.form, made.texts), strict=True):
            if isinstance(step, Space) or isinstance(step.emit, Module | Parameter):
                modules.append(self._member(step, part, texts, comment))
            elif isinstance(step.emit, Function):
                kept.update(dict.fromkeys(text for text in texts if text in names))
                own = [f"self.{text}" if text in names else text for text in texts]
                given[step] = arguments(part.holes, own)
        head = call("def __init__", ["self", *map(str, made.parameters)], 4, after=" -> None:")
        root = made.space is self._root
        forward = forward_lines(made.space, self._plan, self._imports, given, root=root)
        modules, forward = with_loops(modules, forward)
        return [
            f"    {head}",
            "        super().__init__()",
            *(f"        self.{name} = {name}" for name in kept),
            *modules,
            *init,
            "",
            *forward,
        ]

    def _member(self, step: Step, part: Form, texts: Texts, comment: str) -> str:
        """The statement that makes a module, or a parameter, a member."""
        if is_attribute(step.key):
            head, tail = f"self.{step.key} = ", ""
        else:
            parameter = isinstance(step, Leaf) and isinstance(step.emit, Parameter)
            head, tail = f'self.{"register_parameter" if parameter else "add_module"}("{step.key}", ', ")"
        return f"        {head}{self._constructed(step, part, texts, 8, len(head))}{tail}{comment}"

    # -- construction -------------------------------------------------------------------------

    def _constructed(self, step: Step, form: Form, texts: Texts, indent: int, before: int = 0) -> str:
        """The expression that makes a step's module."""
        made = self._definitions.of.get(form)
        if made is not None:
            return call(made.name, arguments(form.holes, texts), indent, before)
        if isinstance(step, Space):
            return self._sequential(form, step, texts, indent)
        if isinstance(step.emit, Parameter):
            *sizes, value = texts
            return f"nn.Parameter(torch.full({tuple_of(sizes)}, {value}))"
        assert isinstance(step.emit, Module), "other steps make nothing"
        return call(self._imports.name(step.emit.target), arguments(form.holes, texts), indent, before)

    def _sequential(self, form: Form, space: Space, texts: Texts, indent: int) -> str:
        """nn.Sequential with a line for each module; an OrderedDict where names are not positions."""
        pad = " " * (indent + 4)
        steps = [(step, *row) for step, row in zip(space.steps, rows(form, texts), strict=True)]
        if is_numbered(space):
            made = [
                (self._constructed(step, part, own, indent + 4), comment)
                for step, part, own, comment in steps
            ]
            return f"nn.Sequential(\n{''.join(_folded(made, pad))}{' ' * indent})"
        self._imports.ordered_dict = True
        pairs = [
            f'{pad}        ("{step.key}", {self._constructed(step, part, own, indent + 12, len(step.key) + 5)}),{comment}\n'
            for step, part, own, comment in steps
        ]
        inner = f"{pad}OrderedDict(\n{pad}    [\n{''.join(pairs)}{pad}    ]\n{pad})\n"
        return f"nn.Sequential(\n{inner}{' ' * indent})"


def _folded(made: list[tuple[str, str]], pad: str) -> Iterator[str]:
    """The entries of an nn.Sequential; equal ones in a row are a loop."""
    for (module, comment), equal in groupby(made):
        times = len(list(equal))
        if times < RUN or "\n" in module:
            yield f"{pad}{module},{comment}\n" * times
        else:
            yield f"{pad}*({module} for _ in range({times})),{comment}\n"
