"""The network as Python source: a function where it is one nn.Sequential, classes where it branches."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from cnnspec.codegen.definitions import Definition, Definitions
from cnnspec.codegen.forward import ForwardMethod
from cnnspec.codegen.identifiers import camel, snake
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.initialisation import init_lines
from cnnspec.codegen.loops import with_loops
from cnnspec.codegen.syntax import (
    WIDTH,
    Call,
    Expression,
    Member,
    MemberAssignment,
    Parts,
    Sequential,
    SequentialEntry,
    layout,
)
from cnnspec.codegen.templates import SlotValues, Template, Templates, arguments
from cnnspec.codegen.tree import Child, Container, is_numbered, is_sequential, module_tree
from cnnspec.compiler.plan import Plan
from cnnspec.core.emit import Function, Module, Parameter


@dataclass(frozen=True, slots=True)
class PythonModule:
    """Source; `entry` is the function or class in it that makes the network."""

    source: str
    entry: str


def python_module(plan: Plan) -> PythonModule:
    """A plan without errors as source."""
    return _Generator(plan).run()


def python_source(plan: Plan) -> str:
    """The text alone, an export target."""
    return python_module(plan).source


class _Generator:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._imports = Imports()
        self._root = module_tree(plan)
        one = plan.output_form == "one" and len(plan.inputs) == 1
        self._is_function = one and is_sequential(self._root)
        self._entry = self._imports.free((snake if self._is_function else camel)(plan.name))
        self._templates = Templates(self._root, plan, self._imports)
        self._definitions = Definitions(self._templates, plan.blocks, self._imports)

    def run(self) -> PythonModule:
        """Print the definitions, each after those it needs, and the root."""
        definitions = [self._definition(definition) for definition in self._definitions.of.values()]
        root = self._function() if self._is_function else self._class()
        parts = [self._imports.helpers_source(), *definitions, root]
        body = "\n\n\n".join(part.strip("\n") for part in parts if part)
        return PythonModule(f"{self._docstring()}\n\n{self._imports.text()}\n\n\n{body}\n", self._entry)

    def _docstring(self) -> str:
        plan = self._plan
        inputs = ", ".join(str(value.shape) for value in plan.inputs.values())
        outputs = ", ".join(str(output.value.shape) for output in plan.outputs)
        return _docstring(f"{plan.name}: {inputs} → {outputs}, {plan.params:,} parameters.", plan.description)

    # -- the root -----------------------------------------------------------------------------

    def _title(self) -> str:
        return f'    """The network, its weights not trained: {self._plan.params:,} parameters."""'

    def _function(self) -> str:
        """The whole network is one nn.Sequential: it can be sliced, and pickled anywhere."""
        template = self._templates.of(self._root)
        model = layout(self._sequential(template, self._root, template.instances[self._root]), 4)
        init = init_lines(self._plan, self._root, self._imports, "model", 4)
        body = [f"    model = {model}", *init, "    return model"] if init else [f"    return {model}"]
        return "\n".join([f"def {self._entry}() -> nn.Sequential:", self._title(), *body])

    def _class(self) -> str:
        template = self._templates.of(self._root)
        root = Definition(template, self._root, self._entry, [], template.instances[self._root])
        init = init_lines(self._plan, self._root, self._imports, "self", 8)
        return "\n".join([f"class {self._entry}(nn.Module):", self._title(), "", *self._methods(root, init)])

    # -- definitions --------------------------------------------------------------------------

    def _definition(self, definition: Definition) -> str:
        if not is_sequential(definition.container):
            return "\n".join([f"class {definition.name}(nn.Module):", *self._methods(definition, [])])
        head = _head(definition.name, map(str, definition.parameters), 0, " -> nn.Sequential:")
        body = self._sequential(definition.template, definition.container, definition.atoms)
        return f"{head}\n    return {layout(body, 4)}"

    def _methods(self, definition: Definition, init: list[str]) -> list[str]:
        """The constructor and the forward of a class."""
        names = {parameter.name for parameter in definition.parameters}
        attributes: dict[str, None] = {}
        given: dict[Child, tuple[Expression, ...]] = {}
        members = []
        rows = definition.template.rows(definition.atoms)
        for child, (part, atoms, comment) in zip(definition.container.children, rows, strict=True):
            if isinstance(child, Container) or isinstance(child.emit, Module | Parameter):
                is_parameter = not isinstance(child, Container) and isinstance(child.emit, Parameter)
                module = self._module(child, part, atoms)
                members.append(MemberAssignment(Member(child.key), module, is_parameter, comment))
            elif isinstance(child.emit, Function):
                attributes.update(dict.fromkeys(atom for atom in atoms if atom in names))
                own = [Member(str(atom)) if atom in names else atom for atom in atoms]
                given[child] = arguments(part.slots, own)
        head = _head("__init__", ["self", *map(str, definition.parameters)], 4, " -> None:")
        forward = ForwardMethod(definition.container, self._plan, self._imports, given)
        constructor, statements = with_loops(members, forward.statements)
        return [
            f"    {head}",
            "        super().__init__()",
            *(f"        self.{name} = {name}" for name in attributes),
            *(statement.source(8) for statement in constructor),
            *init,
            "",
            f"    {forward.head}",
            *(statement.source(8) for statement in statements),
        ]

    # -- modules ------------------------------------------------------------------------------

    def _module(self, child: Child, template: Template, atoms: SlotValues) -> Expression:
        """The expression that makes a child's module."""
        definition = self._definitions.of.get(template)
        if definition is not None:
            return Call(definition.name, arguments(template.slots, atoms))
        if isinstance(child, Container):
            return self._sequential(template, child, atoms)
        if isinstance(child.emit, Parameter):
            *sizes, value = atoms
            shape = Parts("(", tuple(sizes), ",)" if len(sizes) == 1 else ")")
            return Call("nn.Parameter", (Call("torch.full", (shape, value)),))
        assert isinstance(child.emit, Module), "other operations make nothing"
        return Call(self._imports.name(child.emit.target), arguments(template.slots, atoms))

    def _sequential(self, template: Template, container: Container, atoms: SlotValues) -> Sequential:
        rows = zip(container.children, template.rows(atoms), strict=True)
        entries = [
            SequentialEntry(child.key, self._module(child, part, own), comment)
            for child, (part, own, comment) in rows
        ]
        numbered = is_numbered(container)
        self._imports.ordered_dict |= not numbered
        return Sequential(tuple(entries), numbered)


def _head(name: str, parameters: Iterable[str], indent: int, after: str) -> str:
    """The first line of a function."""
    return layout(Call(f"def {name}", tuple(parameters)), indent, after=after)


def _docstring(*paragraphs: str) -> str:
    """A docstring that holds any text as text: wrapped, then escaped."""
    lines = [textwrap.fill(" ".join(text.split()), WIDTH - 10) for text in paragraphs if text.strip()]
    whole = "".join(c if c.isprintable() or c == "\n" else "·" for c in "\n\n".join(lines))
    escaped = whole.replace("\\", "\\\\").replace('"', "'")
    return f'"""{escaped}\n"""' if "\n" in escaped else f'"""{escaped}"""'
