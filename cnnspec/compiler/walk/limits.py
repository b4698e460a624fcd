"""How much a spec may unfold to, and how deep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from cnnspec.core.diagnostic import Findings
from cnnspec.language.spec import Item

MOST_ITEMS = 100_000
MOST_NESTING = 64


class TooLarge(Exception):  # noqa: N818 -- control flow: the spec is too large, and that was reported
    """The walk stops: the spec unfolds to more than it may."""


class Limits:
    """Counts the items that a walk meets, and stops it."""

    def __init__(self) -> None:
        self.items = 0
        self.depth = 0

    @property
    def most(self) -> int:
        """How many items there may be."""
        return MOST_ITEMS

    def count(self, item: Item, findings: Findings) -> None:
        """One item more. Raises TooLarge."""
        self.items += 1
        if self.items > MOST_ITEMS:
            message = f"the spec unfolds to more than {MOST_ITEMS:,} items here"
            stop("too-many-items", message, item, "Repeat less often.", findings)

    def enter(self, items: Sequence[Item], findings: Findings) -> None:
        """A list of items further in. Raises TooLarge where they are nested too deep."""
        self.depth += 1
        if self.depth > MOST_NESTING and items:
            message = f"layers and blocks are nested {MOST_NESTING} deep here, which is the limit"
            stop("too-deep", message, items[0], "Write the network flatter.", findings)

    def leave(self) -> None:
        """The list is done."""
        self.depth -= 1


def stop(code: str, message: str, item: Item, hint: str, findings: Findings) -> NoReturn:
    """Report why the walk can't go on. Raises TooLarge."""
    findings.error(code, message, item.place, hint)
    raise TooLarge
