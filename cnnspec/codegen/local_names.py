"""Names of the values in a `forward`: one that is read no more leaves its name to what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from cnnspec.codegen.identifiers import USED, snake
from cnnspec.codegen.tree import Child, Operation
from cnnspec.compiler.plan import Value

_SPARE = ("y", "z", "u", "v", "w")


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
            self._take(value, "x" if len(inputs) == 1 else self._fresh(value.name or _origin(value)))

    def of(self, value: Value) -> str:
        """The name of a value that is there."""
        return self._names[value]

    def assign(self, index: int, child: Child) -> tuple[list[str], list[str]]:
        """The names of the values that a child reads, and of those that it gives."""
        read = [self._names[value] for value in child.inputs]
        dying = [v for v in dict.fromkeys(child.inputs) if self._last_use[v] <= index]
        free = sorted((self._names[value] for value in dying), key=lambda name: name != "x")
        self._live.difference_update(free)
        for value in child.outputs:
            name = free.pop(0) if free else self._fresh(child.key if isinstance(child, Operation) else "")
            self._take(value, name)
        return read, [self._names[value] for value in child.outputs]

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
