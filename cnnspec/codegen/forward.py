"""The `forward` of a container that branches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from cnnspec.codegen.identifiers import USED, snake
from cnnspec.codegen.imports import Imports
from cnnspec.codegen.syntax import (
    Assign,
    Call,
    CompoundStatement,
    Expression,
    Member,
    Parts,
    Return,
    Statement,
    literal,
)
from cnnspec.codegen.tree import Child, Container, Operation, needed_children
from cnnspec.compiler.plan import Plan, Value
from cnnspec.core.emit import Function, Module, Operator

Arguments = Mapping[Child, tuple[Expression, ...]]
"""The arguments of each function, after its inputs."""
_IN_TRAINING = "if self.training:"
_NESTED_WIDTH = 80
"""How many characters of calls may stand inside a merge."""


class ForwardMethod:
    """The method as data. What only training needs is not computed in eval mode."""

    def __init__(self, container: Container, plan: Plan, imports: Imports, arguments: Arguments) -> None:
        needed = needed_children(container, container.outputs)
        always = {output.value for output in plan.outputs if not output.train_only}
        self._plan, self._imports, self._arguments = plan, imports, arguments
        self._is_root = not container.path
        self._always = needed_children(container, tuple(always)) if self._is_root else needed
        self._container = container
        self._children = [child for child in container.children if child in needed]
        self._names = LocalNames(container.inputs, self._children, container.outputs)
        self.head = self._head()
        self.statements: tuple[Statement, ...] = (*self._calls(), *self._returns())

    def _head(self) -> str:
        inputs = [f"{self._names.of(value)}: torch.Tensor" for value in self._container.inputs]
        return f"def forward(self, {', '.join(inputs)}) -> {self._annotation()}:"

    def _annotation(self) -> str:
        if self._is_root and self._plan.output_form == "dict":
            return "dict[str, torch.Tensor]"
        many = (self._is_root and self._plan.output_form == "list") or len(self._container.outputs) != 1
        return "tuple[torch.Tensor, ...]" if many else "torch.Tensor"

    def _calls(self) -> Iterator[Statement]:
        """A statement for each child that is not written inside the next one."""
        for in_training, group in groupby(self._assignments(), lambda pair: pair[0]):
            statements = tuple(statement for _, statement in group)
            yield from [CompoundStatement(_IN_TRAINING, statements)] if in_training else statements

    def _assignments(self) -> Iterator[tuple[bool, Assign | Return]]:
        """Each statement, and whether only training needs it."""
        inside, expressions = self._inside(), dict[object, Expression]()
        for index, child in enumerate(self._children):
            inputs, outputs = self._names.assign(index, child)
            pairs = zip(child.inputs, inputs, strict=True)
            expression = self._expression(child, [expressions.get(value, name) for value, name in pairs])
            if child in inside:
                expressions[child.outputs[0]] = expression
            elif self._is_returned(index):
                yield False, Return(expression)
            else:
                yield child not in self._always, Assign(tuple(outputs), expression)

    def _inside(self) -> set[Child]:
        """The calls that are written inside the merge that alone reads them: it comes next, in their order."""
        uses = Counter(value for child in self._children for value in child.inputs)
        uses.update(self._container.outputs)
        found: set[Child] = set()
        for index, merge in enumerate(self._children):
            if not isinstance(merge, Operation) or not _is_merge(merge):
                continue
            later, room = list(merge.inputs), _NESTED_WIDTH
            for child in (self._children[before] for before in range(index - 1, -1, -1)):
                room -= len(str(Member(child.key))) + 4 * len(child.inputs)
                output = child.outputs[0]
                alone = len(child.outputs) == 1 and uses[output] == 1 and output in later
                alike = (child in self._always) == (merge in self._always)
                if not (_is_call(child) and alone and alike and room >= 0):
                    break
                found.add(child)
                del later[later.index(output) :]
        return found

    def _expression(self, child: Child, inputs: Sequence[Expression]) -> Expression:
        emit = None if isinstance(child, Container) else child.emit
        if emit is None or isinstance(emit, Module):
            return Call(Member(child.key), tuple(inputs))
        if isinstance(emit, Operator):
            return Parts("", tuple(inputs), separator=f" {emit.symbol} ")
        if isinstance(emit, Function):
            given = [Parts("[", tuple(inputs), "]")] if emit.packed else inputs
            return Call(self._imports.name(emit.target), (*given, *self._arguments.get(child, ())))
        return Parts("", (inputs[0], Member(child.key)), separator=" * ")

    def _is_returned(self, index: int) -> bool:
        """Whether a child gives, last of all, the one value that is returned."""
        one = not self._is_root or self._plan.output_form == "one"
        outputs = self._children[index].outputs
        last = index == len(self._children) - 1
        return one and last and len(outputs) == 1 and outputs == self._container.outputs

    def _returns(self) -> Iterator[Statement]:
        """What is returned, where the last statement does not return it."""
        if self._children and self._is_returned(len(self._children) - 1):
            return
        if self._is_root and self._plan.output_form == "dict":
            yield from self._dict()
            return
        outputs = (
            [output.value for output in self._plan.outputs] if self._is_root else self._container.outputs
        )
        names = tuple(map(self._names.of, outputs))
        one_in_tuple = len(names) == 1 and self._is_root and self._plan.output_form == "list"
        yield Return(Parts("", names, "," if one_in_tuple else ""))

    def _dict(self) -> Iterator[Statement]:
        pairs = {
            output: Parts(f"{literal(output.key)}: ", (self._names.of(output.value),))
            for output in self._plan.outputs
        }
        always = tuple(pair for output, pair in pairs.items() if not output.train_only)
        if len(always) < len(pairs):
            yield CompoundStatement(_IN_TRAINING, (Return(Parts("{", tuple(pairs.values()), "}")),))
        yield Return(Parts("{", always, "}"))


def _is_merge(merge: Operation) -> bool:
    return isinstance(merge.emit, Operator) or (isinstance(merge.emit, Function) and merge.emit.packed)


def _is_call(child: Child) -> bool:
    return isinstance(child, Container) or isinstance(child.emit, Module)


# Names of the values: one that is not read any more gives its name to the next


_LETTERS = ("y", "z", "u", "v", "w")


class LocalNames:
    """A name for each value of a container."""

    def __init__(self, inputs: Sequence[Value], children: Sequence[Child], outputs: Sequence[Value]) -> None:
        self._last_use: dict[Value, int] = {}
        for index, child in enumerate(children):
            self._last_use.update(dict.fromkeys(child.inputs, index))
        self._last_use.update(dict.fromkeys(outputs, len(children)))
        self._names: dict[Value, str] = {}
        self._live: set[str] = set()
        for value in inputs:
            self._assign(value, "x" if len(inputs) == 1 else self._unused_name(value.name or _origin(value)))

    def of(self, value: Value) -> str:
        """The name of a value that is there."""
        return self._names[value]

    def assign(self, index: int, child: Child) -> tuple[list[str], list[str]]:
        """The names of the values that a child reads, and of those that it gives."""
        read = [self._names[value] for value in child.inputs]
        last_read = [v for v in dict.fromkeys(child.inputs) if self._last_use[v] <= index]
        free = sorted((self._names[value] for value in last_read), key=lambda name: name != "x")
        self._live.difference_update(free)
        for value in child.outputs:
            name = (
                free.pop(0) if free else self._unused_name(child.key if isinstance(child, Operation) else "")
            )
            self._assign(value, name)
        return read, [self._names[value] for value in child.outputs]

    def _assign(self, value: Value, name: str) -> None:
        self._names[value] = name
        self._live.add(name)

    def _unused_name(self, wish: str) -> str:
        """The item's own name where it has one, else a letter, else a number."""
        wanted = [] if not wish or wish[0].isdigit() else [snake(wish)]
        counted = (f"x{number}" for number in range(1, len(self._live) + 2))
        candidates = [*wanted, "x", *_LETTERS, *counted]
        return next(name for name in candidates if name not in self._live and name not in USED)


def _origin(value: Value) -> str:
    return value.node.path.rpartition(".")[2] if value.node else ""
