"""A table of what may be written, name -> class: a class is imported when it is first asked for.

So start-up does not grow with the vocabulary: names are known at once, and most specs use one of them.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar

from cnnspec.declare.arguments import Arguments

A = TypeVar("A", bound=Arguments)


class Table(Mapping[str, type[A]], Generic[A]):
    """Name -> class, written as name -> `module:Class`."""

    def __init__(self, base: type[A], package: str, entries: Mapping[str, str]) -> None:
        self._base, self._package, self._entries = base, package, entries
        self._found: dict[str, type[A]] = {}

    def __getitem__(self, name: str) -> type[A]:
        if name not in self._found:
            module, kind = self._entries[name].split(":")
            model = getattr(import_module(f"{self._package}.{module}"), kind)
            assert issubclass(model, self._base)
            self._found[name] = model
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def name_of(self, model: type[A]) -> str:
        """What the class is called in a spec; imports no other."""
        return next(name for name, entry in self._entries.items() if entry.endswith(f":{model.__name__}"))
