"""The printed network: a function where it is one nn.Sequential, classes where it branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnspec.codegen.forward import forward_lines
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.printing import arguments, call, camel, docstring, is_attribute, literal, snake
from cnnspec.codegen.starting import init_lines
from cnnspec.codegen.tree import Leaf, Space, Step, is_chain, tree_of
from cnnspec.core.emit import Module, Parameter

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


@dataclass(frozen=True, slots=True)
class Generated:
    """Source of a Python module; `entry` is the function or class that makes the network."""

    source: str
    entry: str


def generate(plan: Plan) -> Generated:
    """The source of a plan without errors."""
    return _Printer(plan).run()


@dataclass(slots=True)
class _Class:
    name: str
    body: str
    """The code below the class line, without comments: equal bodies are one class."""


class _Printer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._imports = Imports()
        self._classes: dict[str, _Class] = {}
        self._root = tree_of(plan)

    def run(self) -> Generated:
        """Print the root, which prints the classes it needs before itself."""
        entry, root = self._function() if self._root_is_chain() else self._root_class()
        parts = [self._imports.helpers_source(), *map(_class_text, self._classes.values()), root]
        body = "\n\n\n".join(part.strip("\n") for part in parts if part)
        source = f"{self._docstring()}\n\n{self._imports.text()}\n\n\n{body}\n"
        return Generated(source, entry)

    def _docstring(self) -> str:
        plan = self._plan
        shapes = ", ".join(str(value.shape) for value in plan.inputs.values())
        ends = ", ".join(str(output.value.shape) for output in plan.outputs)
        return docstring(f"{plan.name}: {shapes} → {ends}, {plan.params:,} parameters.", plan.description)

    def _root_is_chain(self) -> bool:
        return is_chain(self._root) and self._plan.output_form == "one" and len(self._plan.inputs) == 1

    def _function(self) -> tuple[str, str]:
        """The whole network is one nn.Sequential: it can be sliced, and pickled anywhere."""
        name = self._imports.free(snake(self._plan.name))
        built = self._sequential(self._root, 4)
        init = init_lines(self._plan, self._imports, "model", 4)
        lines = [f"def {name}() -> nn.Sequential:", f'    """{self._title()}"""']
        if init:
            lines += [f"    model = {built}", *init, "    return model"]
        else:
            lines += [f"    return {built}"]
        return name, "\n".join(lines)

    def _title(self) -> str:
        return f"The network, its weights not trained: {self._plan.params:,} parameters."

    def _root_class(self) -> tuple[str, str]:
        name = self._imports.free(camel(self._plan.name))
        body = self._class_body(self._root, root=True)
        return name, f'class {name}(nn.Module):\n    """{self._title()}"""\n\n{body}'

    # -- construction -------------------------------------------------------------------------

    def _constructed(self, step: Step, indent: int) -> str | None:
        """The expression that makes a step's module; None where it has none."""
        if isinstance(step, Space):
            return self._sequential(step, indent) if is_chain(step) else f"{self._class_of(step)}()"
        if isinstance(step.emit, Module):
            name = self._imports.name(step.emit.target)
            return call(name, arguments(step.emit.args, step.emit.kwargs), indent)
        if isinstance(step.emit, Parameter):
            return f"nn.Parameter(torch.full({literal(step.emit.shape)}, {literal(step.emit.value)}))"
        return None

    def _sequential(self, space: Space, indent: int) -> str:
        """nn.Sequential with a line for each module; an OrderedDict where names are not positions."""
        plain = [step.key for step in space.steps] == [str(i) for i in range(len(space.steps))]
        pad = " " * (indent + 4)
        if plain:
            rows = [f"{pad}{self._constructed(step, indent + 4)},{_shape(step)}" for step in space.steps]
            return "nn.Sequential(\n" + "\n".join(rows) + f"\n{' ' * indent})"
        self._imports.ordered_dict = True
        rows = [self._pair(step, indent + 8) for step in space.steps]
        inner = "\n".join(rows)
        return f"nn.Sequential(\n{pad}OrderedDict(\n{pad}    [\n{inner}\n{pad}    ]\n{pad})\n{' ' * indent})"

    def _pair(self, step: Step, indent: int) -> str:
        pad = " " * (indent + 4)
        return f'{pad}("{step.key}", {self._constructed(step, indent + 4)}),{_shape(step)}'

    def _class_of(self, space: Space) -> str:
        """The class of a namespace that branches; equal ones share it."""
        body = self._class_body(space)
        key = _without_comments(body)
        if key not in self._classes:
            wish = self._plan.blocks.get(space.path, space.path)
            self._classes[key] = _Class(self._imports.free(camel(wish)), body)
        elif self._classes[key].body != body:
            self._classes[key].body = key
        return self._classes[key].name

    def _class_body(self, space: Space, *, root: bool = False) -> str:
        lines = ["    def __init__(self) -> None:", "        super().__init__()"]
        for step in space.steps:
            made = self._constructed(step, 8)
            if made is not None:
                lines.append(
                    f"        {_registered(step, made)}{_shape(step) if isinstance(step, Leaf) else ''}"
                )
        if root:
            lines += init_lines(self._plan, self._imports, "self", 8)
        return "\n".join([*lines, "", *forward_lines(space, self._plan, self._imports, root=root)])


def _registered(step: Step, made: str) -> str:
    if is_attribute(step.key):
        return f"self.{step.key} = {made}"
    parameter = isinstance(step, Leaf) and isinstance(step.emit, Parameter)
    return f'self.{"register_parameter" if parameter else "add_module"}("{step.key}", {made})'


def _shape(step: Step) -> str:
    """A comment with the shape, where it is another than before."""
    if isinstance(step, Space) or step.node.inputs[0].shape == step.node.output.shape:
        return ""
    return f"  # {step.node.output.shape}"


def _without_comments(body: str) -> str:
    return "\n".join(line.split("  # ")[0] for line in body.split("\n"))


def _class_text(found: _Class) -> str:
    return f"class {found.name}(nn.Module):\n{found.body}"
