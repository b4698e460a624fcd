"""The registry of what a spec may name: name -> class, a class imported when it is first asked for.

So start-up does not grow with the vocabulary: the names are known at once, and most specs use few of them.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

from cnnspec.declare.arguments import Arguments

A = TypeVar("A", bound=Arguments)


class Registry(Mapping[str, type[A]]):
    """Name -> subclass of `base`, written as name -> `module:Class` with the module's name in `package`."""

    def __init__(self, base: type[A], package: str, entries: Mapping[str, str]) -> None:
        self._base, self._package, self._entries = base, package, entries
        self._classes: dict[str, type[A]] = {}

    def __getitem__(self, name: str) -> type[A]:
        """The class of that name. Raises KeyError when there is none such."""
        found = self._classes.get(name)
        if found is None:
            module, _, attribute = self._entries[name].partition(":")
            found = getattr(import_module(f"{self._package}.{module}"), attribute)
            assert issubclass(found, self._base)
            self._classes[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def name_of(self, model: type[A]) -> str:
        """What the class is called in a spec; imports no other."""
        return next(name for name, entry in self._entries.items() if entry.endswith(f":{model.__name__}"))
