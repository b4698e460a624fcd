"""How much a spec may unfold to, and how deep."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.language.spec import Item

MOST_ITEMS = 100_000
MOST_NESTING = 64


class Unfolded(Exception):  # noqa: N818 -- control flow: the spec is too large, and that was reported
    """The walk stops: the spec unfolds to more than it may."""


class Limits:
    """Counts what a walk meets, and stops it."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.items = 0
        self.depth = 0

    @property
    def most(self) -> int:
        """How many items there may be."""
        return MOST_ITEMS

    def count(self, item: Item) -> None:
        """One item more. Raises Unfolded."""
        self.items += 1
        if self.items > MOST_ITEMS:
            message = f"the spec unfolds to more than {MOST_ITEMS:,} items here"
            self.stop("too-many-items", message, item, "Repeat less often.")

    def allow(self, items: int) -> bool:
        """Whether there is room for so many items at once."""
        return self.items + items <= MOST_ITEMS

    def require_flat(self, item: Item) -> None:
        """Stop where items are nested too deep. Raises Unfolded."""
        if self.depth > MOST_NESTING:
            message = f"layers and blocks are nested {MOST_NESTING} deep here, which is the limit"
            self.stop("too-deep", message, item, "Write the network flatter.")

    def stop(self, code: str, message: str, item: Item, hint: str) -> NoReturn:
        """Report why the walk can't go on. Raises Unfolded."""
        self._reporter.error(code, message, item.place, hint)
        raise Unfolded
