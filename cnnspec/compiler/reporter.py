"""Diagnostics of the walk: each carries the chain of calls that led to its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Diagnostic, Findings, Place, Related
from cnnspec.language.problems import shown
from cnnspec.language.values import variables_in

if TYPE_CHECKING:
    from cnnspec.language.expression import Value
    from cnnspec.language.node import Node
    from cnnspec.language.scope import Scope

_MOST_CALLS = 8


class Reporter(Findings):
    """Findings that know which blocks are being walked through."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Related] = []
        self._blocks: list[str] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one, with the calls that are open now."""
        calls = tuple(reversed(self._calls[-_MOST_CALLS:]))
        super().add(replace(diagnostic, related=diagnostic.related + calls))

    def enter(self, block: str, arguments: dict[str, Value], place: Place) -> None:
        """A block is called at `place` with these arguments."""
        self._blocks.append(block)
        given = ", ".join(f"{name}: {shown(value)}" for name, value in arguments.items())
        self._calls.append(Related(place, f"in {block} with {given}" if given else f"in {block}"))

    def leave(self) -> None:
        """The innermost call is done."""
        self._calls.pop()
        self._blocks.pop()

    def inside(self, block: str) -> bool:
        """Whether a call of this block is open."""
        return block in self._blocks


def definitions(node: Node | None, scope: Scope) -> tuple[Related, ...]:
    """Where the variables that a value was computed from got theirs."""
    if node is None:
        return ()
    found = (name for name in sorted(variables_in(node)) if name in scope.places and name in scope)
    return tuple(Related(scope.places[name], f"${name} is {shown(scope[name])}") for name in found)
