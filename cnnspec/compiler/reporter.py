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
        self._calls: list[tuple[str, dict[str, Value], Place]] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one, with the calls that are open now."""
        calls = tuple(_told(*call) for call in reversed(self._calls[-_MOST_CALLS:]))
        super().add(replace(diagnostic, related=diagnostic.related + calls))

    def enter(self, block: str, arguments: dict[str, Value], place: Place) -> None:
        """A block is called at `place` with these arguments."""
        self._calls.append((block, arguments, place))

    def leave(self) -> None:
        """The innermost call is done."""
        self._calls.pop()

    def inside(self, block: str) -> bool:
        """Whether a call of this block is open."""
        return any(block == called for called, _, _ in self._calls)


def _told(block: str, arguments: dict[str, Value], place: Place) -> Related:
    given = ", ".join(f"{name}: {shown(value)}" for name, value in arguments.items())
    return Related(place, f"in {block} with {given}" if given else f"in {block}")


def definitions(node: Node | None, scope: Scope) -> tuple[Related, ...]:
    """Where the variables that a value was computed from got theirs."""
    if node is None:
        return ()
    found = (name for name in sorted(variables_in(node)) if name in scope.places and name in scope)
    return tuple(Related(scope.places[name], f"${name} is {shown(scope[name])}") for name in found)
