"""Merges: their branches walked, and what `when` leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.names.names import Slot, bind
from cnnspec.compiler.plan import Value
from cnnspec.language.items import FEWEST_BRANCHES

if TYPE_CHECKING:
    from cnnspec.compiler.names.namespace import Namespace
    from cnnspec.compiler.walk.arguments import ArgumentReader
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.compiler.walk.walk import Walk
    from cnnspec.language.spec import Branch, Item


class Merges:
    """The walk's way through merges."""

    def __init__(self, walk: Walk, arguments: ArgumentReader, reporter: Reporter) -> None:
        self._walk = walk
        self._arguments = arguments
        self._reporter = reporter

    def value(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        """What the merge gives; one that holds layers and has a name opens a namespace for them."""
        opened: tuple[Slot | None, Namespace | None] = (None, None)
        if name is not None and any(branch.items for branch in item.branches):
            opened = self._walk.open(item, name, frame)
        slot, space = opened
        kept, dropped = self._branches(item, value, frame.inside(space) if space else frame)
        enough = len(kept) >= FEWEST_BRANCHES
        if dropped and not enough:
            if slot is not None:
                frame.namespace.give_back_position()
            return bind(slot, self._reduced(item, kept, dropped), frame, space)
        layer = self._arguments.layer(item, frame.scope) if enough else None
        slot = slot or self._walk.names.claim(item, name, frame)
        return bind(slot, self._walk.wiring.add(item, layer, tuple(kept), slot.path, frame), frame, space)

    def _branches(self, item: Item, value: Value, frame: Frame) -> tuple[list[Value], list[Branch]]:
        kept: list[Value] = []
        dropped: list[Branch] = []
        for branch in item.branches:
            result = self._branch(branch, value, frame)
            if result is None:
                dropped.append(branch)
            else:
                kept.append(result)
        return kept, dropped

    def _branch(self, branch: Branch, value: Value, frame: Frame) -> Value | None:
        """What a branch gives; None where the `when` of a bare item drops it."""
        if branch.name is not None:
            return self._walk.names.lookup(branch.name, frame)
        if branch.single and branch.items[0].repeat is None:
            return self._walk.if_wanted(branch.items[0], value, frame)
        return self._walk.run(branch.items, value, frame)

    def _reduced(self, item: Item, kept: list[Value], dropped: list[Branch]) -> Value:
        """A merge that `when` leaves with one branch is that branch, if only names were dropped."""
        for branch in dropped:
            if branch.items[0].form != "layers" or branch.items[0].body:
                message = f"{item.kind}: `when` drops a branch with layers, which leaves {len(kept)}"
                hint = "Put the condition on the item inside the branch's list: `- [{…, when: …}]` passes the value through."
                self._reporter.error("dropped-branch", message, branch.place, hint)
                return Value(None)
        if not kept:
            message = f"{item.kind}: `when` leaves no branch"
            self._reporter.error("too-few-branches", message, item.place, "Keep one of them.")
            return Value(None)
        return kept[0]
