"""The `forward` of a namespace that branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.codegen.printing import arguments, call, literal, member
from cnnspec.codegen.tree import Space, Step, live_steps
from cnnspec.codegen.variables import Variables
from cnnspec.core.emit import Function, Module, Operator

if TYPE_CHECKING:
    from cnnspec.codegen.imports import Imports
    from cnnspec.compiler.plan import Plan


def forward_lines(space: Space, plan: Plan, imports: Imports, *, root: bool) -> list[str]:
    """The method's lines. What only training needs is not computed in eval mode."""
    live = live_steps(space, space.outputs)
    always = live
    if root:
        always = live_steps(space, tuple(output.value for output in plan.outputs if not output.train_only))
    steps = [step for step in space.steps if step in live]
    variables = Variables(space.inputs, steps, space.outputs)
    heads = [f"{variables.of(value)}: torch.Tensor" for value in space.inputs]
    lines = [f"    def forward(self, {', '.join(heads)}) -> {_returned(space, plan, root=root)}:"]
    guarded = False
    for index, step in enumerate(steps):
        only_training = step not in always
        if only_training and not guarded:
            lines.append("        if self.training:")
        guarded = only_training
        indent = 12 if guarded else 8
        lines.append(" " * indent + _statement(index, step, variables, imports, indent))
    return [*lines, *_return(space, plan, variables, root=root)]


def _returned(space: Space, plan: Plan, *, root: bool) -> str:
    if root and plan.output_form == "dict":
        return "dict[str, torch.Tensor]"
    many = (root and plan.output_form == "list") or len(space.outputs) != 1
    return "tuple[torch.Tensor, ...]" if many else "torch.Tensor"


def _statement(index: int, step: Step, variables: Variables, imports: Imports, indent: int) -> str:
    read, made = variables.step(index, step)
    targets = ", ".join(made)
    value = _expression(step, dict(zip(step.inputs, read, strict=True)), imports, indent + len(targets) + 3)
    return f"{targets} = {value}"


def _expression(step: Step, names: dict[object, str], imports: Imports, indent: int) -> str:
    if isinstance(step, Space):
        return f"{member('self', step.key)}({', '.join(names.values())})"
    read = [names[value] for value in step.inputs]
    emit = step.emit
    if isinstance(emit, Module):
        return f"{member('self', step.key)}({', '.join(read)})"
    if isinstance(emit, Operator):
        return f" {emit.symbol} ".join(read)
    if isinstance(emit, Function):
        given = [f"[{', '.join(read)}]"] if emit.packed else read
        return call(imports.name(emit.target), [*given, *arguments(emit.args, emit.kwargs)], indent)
    return f"{read[0]} * {member('self', step.key)}"


def _return(space: Space, plan: Plan, variables: Variables, *, root: bool) -> list[str]:
    if not root or plan.output_form != "dict":
        values = [output.value for output in plan.outputs] if root else space.outputs
        names = [variables.of(value) for value in values]
        listed = root and plan.output_form == "list" and len(names) == 1
        return [f"        return {', '.join(names)}{',' if listed else ''}"]
    whole = {output.key: variables.of(output.value) for output in plan.outputs}
    always = {output.key: variables.of(output.value) for output in plan.outputs if not output.train_only}
    if whole == always:
        return [f"        return {_dict(whole)}"]
    return [
        "        if self.training:",
        f"            return {_dict(whole)}",
        f"        return {_dict(always)}",
    ]


def _dict(names: dict[str | None, str]) -> str:
    return "{" + ", ".join(f"{literal(key)}: {name}" for key, name in names.items()) + "}"
