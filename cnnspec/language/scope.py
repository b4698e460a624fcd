"""What `$name` means at a place: the values that are known, and the names that are not any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnnspec.core.diagnostic import Place
from cnnspec.core.plain_values import Plain


class Scope(dict[str, "Plain"]):
    """Variables by name. `unknown` names exist, but a mistake that is already told hides their values.

    A block's call and a round hold what they bind themselves; the spec's own variables, which may be many,
    are in the `base` that all scopes share.
    """

    def __init__(
        self,
        values: Mapping[str, Plain],
        unknown: Iterable[str] = (),
        places: Mapping[str, Place] | None = None,
        base: Scope | None = None,
    ) -> None:
        super().__init__(values)
        self.base = base
        self.unknown = frozenset(unknown)
        self.any_name_may_exist: bool = base is not None and base.any_name_may_exist
        """Whether any name at all may exist, `vars` itself being unreadable."""
        self._places: Mapping[str, Place] = places or {}

    def extended(self, values: Mapping[str, Plain], place: Place) -> Scope:
        """This scope with variables of a repeat on top."""
        places: dict[str, Place] = dict.fromkeys(values, place)
        unknown = self.unknown.difference(values) if self.unknown else self.unknown
        if self.base is None:
            return Scope(values, unknown, places, self)
        return Scope({**self.copy(), **values}, unknown, {**self._places, **places}, self.base)

    def holds(self, name: str) -> bool:
        """Whether a name is bound here, not further out."""
        return dict.__contains__(self, name)

    def place_of(self, name: str) -> Place | None:
        """Where a variable got its value."""
        found = self._places.get(name)
        return self.base.place_of(name) if found is None and self.base is not None else found

    def __missing__(self, name: str) -> Plain:
        """Look further out."""
        if self.base is None:
            raise KeyError(name)
        return self.base[name]

    def __contains__(self, name: object) -> bool:
        """Whether a variable of this name can be seen."""
        return dict.__contains__(self, name) or (self.base is not None and name in self.base)

    def __iter__(self) -> Iterator[str]:
        """Every name once, the nearest first."""
        yield from super().keys()
        for name in self.base or ():
            if not super().__contains__(name):
                yield name

    def __len__(self) -> int:
        """How many variables can be seen."""
        return sum(1 for _ in self)
