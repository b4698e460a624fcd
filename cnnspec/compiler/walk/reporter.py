"""Diagnostics of the walk: each carries the chain of calls that led to its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cnnspec.core.diagnostic import Diagnostic, Findings, Place, Related
from cnnspec.core.plain import quote, yaml_text
from cnnspec.language.values import variables_in
from cnnspec.reader.node import Mapping

if TYPE_CHECKING:
    from cnnspec.core.plain import Plain
    from cnnspec.language.scope import Scope
    from cnnspec.reader.node import Node

_MOST_CALLS = 8

Calls = tuple[tuple[str, "dict[str, Plain]", Place], ...]
"""Blocks with their arguments and where they are called, from the outermost in."""


class Reporter(Findings):
    """Findings that know which blocks are being walked through."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Calls = ()
        """The calls that are open, the innermost last."""
        self.about: tuple[Node, Scope] | None = None
        """The arguments that are looked at now, and the variables that they see."""

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one, with what its value came from, and the calls that are open now."""
        calls = tuple(_told(*call) for call in reversed(self.calls[-_MOST_CALLS:]))
        super().add(replace(diagnostic, related=diagnostic.related + self._origin(diagnostic) + calls))

    def _origin(self, diagnostic: Diagnostic) -> tuple[Related, ...]:
        """Where the variables of a wrong argument got their values."""
        if self.about is None or diagnostic.related:
            return ()
        args, scope = self.about
        written = [args, *(node for _, node in args)] if isinstance(args, Mapping) else [args]
        node = next((node for node in written if node.place == diagnostic.place), None)
        return definitions(node, scope)

    def enter(self, block: str, arguments: dict[str, Plain], place: Place) -> None:
        """A block is called at `place` with these arguments."""
        self.calls = (*self.calls, (block, arguments, place))

    def leave(self) -> None:
        """The innermost call is done."""
        self.calls = self.calls[:-1]

    @contextmanager
    def inside_calls(self, calls: Calls) -> Iterator[None]:
        """What is told meanwhile was led to by these calls."""
        self.calls, before = calls, self.calls
        yield
        self.calls = before

    def inside(self, block: str) -> bool:
        """Whether a call of this block is open."""
        return any(block == called for called, _, _ in self.calls)


def _told(block: str, arguments: dict[str, Plain], place: Place) -> Related:
    given = ", ".join(f"{name}: {yaml_text(value)}" for name, value in arguments.items())
    return Related(place, f"in {block} with {given}" if given else f"in {block}")


def definitions(node: Node | None, scope: Scope) -> tuple[Related, ...]:
    """Where the variables that a value was computed from got theirs."""
    if node is None:
        return ()
    found = ((name, scope.place_of(name)) for name in sorted(variables_in(node)) if name in scope)
    return tuple(Related(place, f"${name} is {quote(scope[name])}") for name, place in found if place)
