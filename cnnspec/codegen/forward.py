"""The `forward` of a namespace that branches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnspec.codegen.printing import call, literal, member
from cnnspec.codegen.tree import Leaf, Space, Step, live_steps
from cnnspec.codegen.variables import Variables
from cnnspec.core.emit import Function, Module, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.codegen.imports import Imports
    from cnnspec.compiler.plan import Plan, Value

Given = Mapping[Step, list[str]]
"""The arguments of each function, after its inputs."""
_INSIDE = 80
"""How many characters of calls may stand inside a merge."""


def forward_lines(space: Space, plan: Plan, imports: Imports, given: Given, *, root: bool) -> list[str]:
    """The method's lines. What only training needs is not computed in eval mode."""
    return list(_Forward(space, plan, imports, given, root=root).lines())


class _Forward:
    def __init__(self, space: Space, plan: Plan, imports: Imports, given: Given, *, root: bool) -> None:
        live = live_steps(space, space.outputs)
        always = {output.value for output in plan.outputs if not output.train_only}
        self._plan, self._imports, self._given, self._root = plan, imports, given, root
        self._always = live_steps(space, tuple(always)) if root else live
        self._space = space
        self._steps = [step for step in space.steps if step in live]
        self._variables = Variables(space.inputs, self._steps, space.outputs)

    def lines(self) -> Iterator[str]:
        """The head, a statement for each step that isn't written inside the next, and the return."""
        heads = [f"{self._variables.of(value)}: torch.Tensor" for value in self._space.inputs]
        yield f"    def forward(self, {', '.join(heads)}) -> {self._returned()}:"
        inside, written = self._inside(), dict[object, str]()
        guarded = False
        for index, step in enumerate(self._steps):
            only_training = step not in self._always
            if only_training and not guarded:
                yield "        if self.training:"
            guarded = only_training
            read, made = self._variables.step(index, step)
            names = {value: written.get(value, name) for value, name in zip(step.inputs, read, strict=True)}
            head = "return " if self._ends_with(index) else f"{', '.join(made)} = "
            indent = 12 if guarded else 8
            expression = self._expression(step, names, indent, len(head))
            if step in inside:
                written[step.outputs[0]] = expression
            else:
                yield f"{' ' * indent}{head}{expression}"
        if not self._steps or not self._ends_with(len(self._steps) - 1):
            yield from self._return()

    def _inside(self) -> set[Step]:
        """The calls that are written inside the merge that alone reads them: it comes next, in their order."""
        uses = Counter(value for step in self._steps for value in step.inputs)
        uses.update(self._space.outputs)
        found: set[Step] = set()
        for index, merge in enumerate(self._steps):
            if not isinstance(merge, Leaf) or not _joins(merge):
                continue
            later, room = list(merge.inputs), _INSIDE
            for step in (self._steps[before] for before in range(index - 1, -1, -1)):
                room -= len(member("self", step.key)) + 4 * len(step.inputs)
                made = step.outputs[0]
                alone = len(step.outputs) == 1 and uses[made] == 1 and made in later
                alike = (step in self._always) == (merge in self._always)
                if not (_is_call(step) and alone and alike and room >= 0):
                    break
                found.add(step)
                del later[later.index(made) :]
        return found

    def _expression(self, step: Step, names: dict[Value, str], indent: int, before: int) -> str:
        read = [names[value] for value in step.inputs]
        emit = None if isinstance(step, Space) else step.emit
        if emit is None or isinstance(emit, Module):
            return f"{member('self', step.key)}({', '.join(read)})"
        if isinstance(emit, Operator):
            return f" {emit.symbol} ".join(read)
        if isinstance(emit, Function):
            inputs = [f"[{', '.join(read)}]"] if emit.packed else read
            parts = [*inputs, *self._given.get(step, ())]
            return call(self._imports.name(emit.target), parts, indent, before)
        return f"{read[0]} * {member('self', step.key)}"

    def _ends_with(self, index: int) -> bool:
        """Whether a step makes, last of all, the one value that is returned."""
        one = not self._root or self._plan.output_form == "one"
        step = self._steps[index]
        return (
            one
            and index == len(self._steps) - 1
            and step.outputs == self._space.outputs
            and len(step.outputs) == 1
        )

    def _returned(self) -> str:
        if self._root and self._plan.output_form == "dict":
            return "dict[str, torch.Tensor]"
        many = (self._root and self._plan.output_form == "list") or len(self._space.outputs) != 1
        return "tuple[torch.Tensor, ...]" if many else "torch.Tensor"

    def _return(self) -> Iterator[str]:
        outputs, name = self._plan.outputs, self._variables.of
        if not self._root or self._plan.output_form != "dict":
            names = [
                name(value) for value in ([o.value for o in outputs] if self._root else self._space.outputs)
            ]
            listed = self._root and self._plan.output_form == "list" and len(names) == 1
            yield f"        return {', '.join(names)}{',' if listed else ''}"
            return
        whole = {output.key: name(output.value) for output in outputs}
        always = {output.key: name(output.value) for output in outputs if not output.train_only}
        if whole != always:
            yield "        if self.training:"
            yield f"            return {_dict(whole)}"
        yield f"        return {_dict(always)}"


def _joins(step: Leaf) -> bool:
    return isinstance(step.emit, Operator) or (isinstance(step.emit, Function) and step.emit.packed)


def _is_call(step: Step) -> bool:
    return isinstance(step, Space) or isinstance(step.emit, Module)


def _dict(names: dict[str | None, str]) -> str:
    return "{" + ", ".join(f"{literal(key)}: {name}" for key, name in names.items()) + "}"
