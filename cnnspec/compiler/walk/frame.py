"""The walk's position: namespace, variables, inputs, reporter."""

from __future__ import annotations

from typing import NamedTuple

from cnnspec.compiler.plan import Value
from cnnspec.compiler.walk.namespace import Namespace
from cnnspec.compiler.walk.reporter import Reporter
from cnnspec.language.scope import Scope
from cnnspec.reader.node import Node

NOTHING = Value(None)
"""What enters a spec with several inputs, before an item names one."""


class KindInit(NamedTuple):
    """An `init` that says by kind how weights start, the variables that it sees, and who is told of its mistakes."""

    kinds: Node
    scope: Scope
    reporter: Reporter


class Frame(NamedTuple):
    """The namespace that names go into, the variables, the values that came in by name, and the calls around."""

    namespace: Namespace
    scope: Scope
    inputs: dict[str, Value]
    reporter: Reporter
    init: tuple[KindInit, ...] = ()
    """The `init` of the spec and of each item around, from the outermost in."""
    outer: tuple[Namespace, ...] = ()
    """The namespaces around this one, from the inside out: up to a block, or the top."""

    @property
    def spaces(self) -> tuple[Namespace, ...]:
        """The namespaces in which a name is looked for, in this order."""
        return (self.namespace, *self.outer)

    def inside(self, namespace: Namespace) -> Frame:
        """One namespace further in."""
        return Frame(namespace, self.scope, self.inputs, self.reporter, self.init, self.spaces)

    def with_scope(self, scope: Scope) -> Frame:
        """The same place with other variables."""
        return Frame(self.namespace, scope, self.inputs, self.reporter, self.init, self.outer)
