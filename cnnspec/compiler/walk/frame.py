"""Where the walk is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Value

if TYPE_CHECKING:
    from cnnspec.compiler.names.namespace import Namespace
    from cnnspec.compiler.walk.reporter import Calls
    from cnnspec.language.scope import Scope
    from cnnspec.reader.node import Node

NOTHING = Value(None)
"""What enters a spec with several inputs, before an item names one."""


class KindInit(NamedTuple):
    """An `init` that says by kind how weights start, and the variables that it sees."""

    kinds: Node
    scope: Scope
    calls: Calls = ()


class Frame(NamedTuple):
    """The namespace that names go into, the variables, and the values that came in by name."""

    namespace: Namespace
    scope: Scope
    entered: dict[str, Value]
    init: tuple[KindInit, ...] = ()
    """The `init` of the spec and of each item around, from the outermost in."""
    calls: Calls = ()
    """The calls of blocks that led here."""

    def inside(self, namespace: Namespace) -> Frame:
        """One namespace further in."""
        return self._replace(namespace=namespace)
