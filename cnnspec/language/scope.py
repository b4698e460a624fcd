"""What `$name` means at a place: the values that are known, and the names that are not any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Place
    from cnnspec.language.expression import Value


class Scope(dict[str, "Value"]):
    """Variables by name. `unknown` names exist, but a mistake that is already told hides their values."""

    def __init__(
        self,
        values: Mapping[str, Value],
        unknown: Iterable[str] = (),
        places: Mapping[str, Place] | None = None,
    ) -> None:
        super().__init__(values)
        self.unknown = frozenset(unknown)
        self.blind = False
        """Whether any name at all may exist, `vars` itself being unreadable."""
        self.places = dict(places or {})
        """Where each variable got its value."""

    def extended(self, values: Mapping[str, Value], place: Place) -> Scope:
        """This scope with variables of a repeat on top."""
        inner = Scope(self, self.unknown - set(values), self.places)
        inner.blind = self.blind
        inner.update(values)
        inner.places.update(dict.fromkeys(values, place))
        return inner
