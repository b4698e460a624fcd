"""Names of the values in a `forward`: one that dies gives its name to what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.codegen.printing import USED, snake
from cnnspec.codegen.tree import Leaf, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.compiler.plan import Value

_SPARE = ("y", "z", "u", "v", "w")


class Variables:
    """Allots a name to each value of a namespace."""

    def __init__(self, inputs: Sequence[Value], steps: Sequence[Step], outputs: Sequence[Value]) -> None:
        self._last_use: dict[Value, int] = {}
        for index, step in enumerate(steps):
            self._last_use.update(dict.fromkeys(step.inputs, index))
        self._last_use.update(dict.fromkeys(outputs, len(steps)))
        self._names: dict[Value, str] = {}
        self._live: set[str] = set()
        for value in inputs:
            self._take(value, "x" if len(inputs) == 1 else self._fresh(value.name or _origin(value)))

    def of(self, value: Value) -> str:
        """The name of a value that is there."""
        return self._names[value]

    def step(self, index: int, step: Step) -> tuple[list[str], list[str]]:
        """The names of what a step reads, and of what it makes."""
        read = [self._names[value] for value in step.inputs]
        dying = [v for v in dict.fromkeys(step.inputs) if self._last_use[v] <= index]
        free = sorted((self._names[value] for value in dying), key=lambda name: name != "x")
        self._live.difference_update(free)
        for value in step.outputs:
            name = free.pop(0) if free else self._fresh(step.key if isinstance(step, Leaf) else "")
            self._take(value, name)
        return read, [self._names[value] for value in step.outputs]

    def _take(self, value: Value, name: str) -> None:
        self._names[value] = name
        self._live.add(name)

    def _fresh(self, wish: str) -> str:
        """The item's own name where it has one, else a letter, else a number."""
        wanted = [] if not wish or wish[0].isdigit() else [snake(wish)]
        counted = (f"x{number}" for number in range(1, len(self._live) + 2))
        candidates = [*wanted, "x", *_SPARE, *counted]
        return next(name for name in candidates if name not in self._live and name not in USED)


def _origin(value: Value) -> str:
    return value.node.path.rpartition(".")[2] if value.node else ""
