"""Names are parameter names: who may take which, and what a name stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.names.reserved import RESERVED
from cnnspec.language.sections import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.compiler.plan import Value
    from cnnspec.core.diagnostic import Place
    from cnnspec.reader.node import Node


class Member(NamedTuple):
    """What a name stands for: a value, and the namespace that it opens, if any can be looked into."""

    value: Value
    inside: Namespace | None


class Namespace:
    """One level of parameter names; `parent` is where a name is looked for next, None in a block."""

    def __init__(self, path: str = "", parent: Namespace | None = None) -> None:
        self.prefix = f"{path}." if path else ""
        self.parent = parent
        self.taken: dict[str, tuple[Place, bool]] = {}
        self.members: dict[str, Member] = {}
        self.dropped: dict[str, Place] = {}
        self.blurred = False
        """Whether there is an item that may or may not be there: no more is known of names from then on."""
        self.outermost: Namespace = parent.outermost if parent else self
        self._count = 0

    def reserve(self, inputs: Mapping[str, Node]) -> None:
        """Names of values that come in: no item may be called so."""
        self.taken.update((name, (node.place, True)) for name, node in inputs.items())

    def next_position(self) -> str:
        """The position of the item that comes now; every item counts, named or not."""
        self._count += 1
        return str(self._count - 1)

    def passed_position(self, name: str) -> str:
        """The name of the item that comes now, which takes a position too."""
        self._count += 1
        return name

    def give_back_position(self) -> None:
        """The item that came last turned out to take none."""
        self._count -= 1

    def find(self, path: str) -> Member | None:
        """What a name or a dotted path stands for, here or further out."""
        first, *rest = path.split(".")
        member = self._nearest(first)
        for part in rest:
            member = member.inside.members.get(part) if member and member.inside else None
        return member

    def _nearest(self, name: str) -> Member | None:
        scope: Namespace | None = self
        while scope is not None:
            if name in scope.members:
                return scope.members[name]
            scope = scope.parent
        return None

    def blurred_here(self) -> bool:
        """Whether an item that may or may not be there could be meant from here."""
        return self.blurred or (self.parent is not None and self.parent.blurred_here())

    def visible(self) -> list[str]:
        """Every name that could be meant from here."""
        own = [name for name in self.members if not name.isdigit() and unfit(name) is None]
        return own + (self.parent.visible() if self.parent else [])

    def dropped_at(self, name: str) -> Place | None:
        """Where an item of this name stands that `when` left out."""
        if name in self.dropped or self.parent is None:
            return self.dropped.get(name)
        return self.parent.dropped_at(name)


def unfit(name: str) -> str | None:
    """Why a name can't be a parameter's, or None."""
    import unicodedata  # noqa: PLC0415 -- most names are ASCII and never need it

    if name == "input":
        return "`input` is what entered"
    if name in RESERVED or (name.startswith("__") and name.endswith("__")):
        return "torch's Module keeps that name for itself"
    if not NAME.fullmatch(name):
        return "a name is made of letters, digits, - and _"
    if not name.isascii() and unicodedata.normalize("NFKC", name) != name:
        return f"in normal form it is {unicodedata.normalize('NFKC', name)}"
    return None
