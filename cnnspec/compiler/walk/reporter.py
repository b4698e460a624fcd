"""Diagnostics of the walk: each carries the chain of calls that led to its place."""

from __future__ import annotations

from typing import NamedTuple

from cnnspec.core.diagnostic import Diagnostic, Findings, Place, Related, Report
from cnnspec.core.plain_values import quote, yaml_text
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Block
from cnnspec.language.values import lone_variable, nearly_a_number, variables_in
from cnnspec.reader.node import Mapping, Node, Scalar

_MOST_CALLS = 8


class BlockCall(NamedTuple):
    """A block that the walk is in, what it sees there, and where it is called."""

    block: Block
    scope: Scope
    place: Place

    def related(self) -> Related:
        """The call as a place that helps to understand a finding inside."""
        name, scope = self.block.name, self.scope
        known = [argument for argument in self.block.args if argument not in scope.unknown]
        given = ", ".join(f"{argument}: {yaml_text(scope[argument])}" for argument in known)
        return Related(self.place, f"in {name} with {given}" if given else f"in {name}")


class Reporter(Findings):
    """Findings inside of some calls, the innermost last: each goes on to `report`, with these calls."""

    def __init__(self, report: Report, calls: tuple[BlockCall, ...] = ()) -> None:
        self.report = report
        self.calls = calls

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one, with the calls that led to it."""
        calls = tuple(call.related() for call in reversed(self.calls[-_MOST_CALLS:]))
        self.report.add(diagnostic._replace(related=diagnostic.related + calls))

    def inside(self, call: BlockCall) -> Reporter:
        """For what is found in a block that is called here."""
        return Reporter(self.report, (*self.calls, call))

    def is_inside(self, block: Block) -> bool:
        """Whether a call of this block is open."""
        return block in [call.block for call in self.calls]


class ArgumentReporter(Findings):
    """Adds to each finding where the variables of the argument were defined."""

    def __init__(self, reporter: Reporter, arguments: Node, scope: Scope) -> None:
        self._reporter = reporter
        self._arguments = arguments
        self._scope = scope

    def add(self, diagnostic: Diagnostic) -> None:
        """Record one, with the definitions of the variables in the argument that it points at.

        Where a variable alone is the argument, and its value nearly right (a number in quotes or brackets), the mistake
        is where it got its value.
        """
        node = self._argument_at(diagnostic.place)
        related = diagnostic.related or definitions(node, self._scope)
        if diagnostic.code == "bad-value" and isinstance(node, Scalar):
            origin = self._origin(node.text)
            if origin is not None:
                related = (Related(diagnostic.place, f"{node.text} is used here"),)
                diagnostic = diagnostic._replace(place=origin, hint="")
        self._reporter.add(diagnostic._replace(related=related))

    def _origin(self, text: str) -> Place | None:
        """Where the value of a variable that stands alone was written, through the calls that handed it on."""
        name = lone_variable(text)
        if name is None or name not in self._scope or not nearly_a_number(self._scope[name]):
            return None
        place = self._scope.place_of(name)
        for call in reversed(self._reporter.calls[:-1]):
            handed = lone_variable(place.text) if place is not None else None
            if handed is None:
                break
            place = call.scope.place_of(handed)
        return place

    def _argument_at(self, place: Place) -> Node | None:
        args = self._arguments
        written = [args, *(node for _, node in args)] if isinstance(args, Mapping) else [args]
        return next((node for node in written if node.place == place), None)


def definitions(node: Node | None, scope: Scope) -> tuple[Related, ...]:
    """Where the variables that a value was computed from got theirs."""
    if node is None:
        return ()
    found = ((name, scope.place_of(name)) for name in sorted(variables_in(node)) if name in scope)
    return tuple(Related(place, f"${name} is {quote(scope[name])}") for name, place in found if place)
