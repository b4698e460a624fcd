"""A mistake as rules look at it: its diagnostic, and where in the spec's data it stands."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from functools import cached_property
from typing import NamedTuple

from cnnspec.compiler.check import Result
from cnnspec.compiler.plan import Node as PlanNode
from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.language.sections import ITEM_KEYS
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train


class Step(NamedTuple):
    """One step from the root of a spec's data to a place in it: into a mapping's entry, or a list's item."""

    holder: Mapping | Sequence
    key: str | int

    @property
    def node(self) -> Node:
        """What it leads to."""
        if isinstance(self.holder, Mapping):
            return self.holder.entries[str(self.key)].value
        return self.holder.items[int(self.key)]


class ItemAt(NamedTuple):
    """An item of a list of layers, and the list."""

    node: Mapping | Scalar | Sequence
    holder: Sequence
    position: int

    @property
    def kind(self) -> Scalar | None:
        """The key that says what it is; None where it can't be told."""
        if isinstance(self.node, Scalar):
            return self.node
        if isinstance(self.node, Sequence):
            return None
        keys = [entry.key for entry in self.node.entries.values() if entry.key.text not in ITEM_KEYS]
        known = (key for key in keys if key.text in KINDS or key.text == "layers")
        return next(known, keys[0] if keys else None)

    @property
    def arguments(self) -> Node | None:
        """What stands behind the kind; None where nothing does."""
        kind = self.kind
        return self.node.get(kind.text) if isinstance(self.node, Mapping) and kind is not None else None


class Mistake:
    """A diagnostic with its surroundings."""

    def __init__(self, diagnostic: Diagnostic, result: Result) -> None:
        self.diagnostic = diagnostic
        self.result = result

    @property
    def root(self) -> Mapping | None:
        """The spec's data; None where the text is no YAML, or no mapping."""
        return self.result.root

    @property
    def code(self) -> str:
        """The diagnostic's code."""
        return self.diagnostic.code

    @property
    def place(self) -> Place:
        """Where it points."""
        return self.diagnostic.place

    @property
    def source(self) -> Source:
        """The text that it is in."""
        return self.diagnostic.place.source

    @cached_property
    def path(self) -> tuple[Step, ...]:
        """The steps from the root to what the diagnostic points at: an entry, if at its key or its value."""
        return tuple(_steps(self.root, self.place)) if self.root is not None else ()

    @property
    def keys(self) -> list[str | int]:
        """The keys of these steps."""
        return [step.key for step in self.path]

    @property
    def section(self) -> str:
        """The top-level key that it stands under."""
        return str(self.path[0].key) if self.path else ""

    @property
    def key(self) -> Scalar | None:
        """The key of the entry that it points at, or of the innermost around it; None outside of any."""
        steps = [step for step in self.path if isinstance(step.holder, Mapping)]
        return steps[-1].holder.entries[str(steps[-1].key)].key if steps else None  # type: ignore[union-attr]

    @property
    def holder(self) -> Mapping | None:
        """The mapping of that entry."""
        found = [step.holder for step in self.path if isinstance(step.holder, Mapping)]
        return found[-1] if found else None

    @property
    def at_key(self) -> bool:
        """Whether it points at a key, not at a value."""
        return self.key is not None and self.key.place.start == self.place.start

    @property
    def node(self) -> Node | None:
        """The value that it points at, or that of the key."""
        return self.path[-1].node if self.path else self.root

    @cached_property
    def items(self) -> tuple[ItemAt, ...]:
        """The items of layers around the place, from the outermost in."""
        return tuple(_items(self.path))

    @property
    def item(self) -> ItemAt | None:
        """The innermost of them."""
        return self.items[-1] if self.items else None

    @cached_property
    def model(self) -> type[Arguments] | None:
        """The declaration whose arguments the innermost mapping, or the value, holds; None where there is none."""
        if self.section in {"train", "data"}:
            return _settings_model(self.path)
        if "init" in self.keys:
            return _initialiser(self.keys)
        item = self.item
        kind = item.kind.text if item is not None and item.kind is not None else ""
        return KINDS.get(kind)

    def plan_nodes(self, place: Place) -> list[PlanNode]:
        """The layers of the plan that were written at a place."""
        plan = self.result.plan
        nodes = () if plan is None else plan.nodes
        return [node for node in nodes if node.place[1:3] == place[1:3] and node.place.source is place.source]


def _steps(node: Node, place: Place) -> Iterator[Step]:
    """The steps to the innermost node that contains the start of a place, or to the entry of a key that does."""
    while (step := _step(node, place)) is not None:
        yield step
        node = step.node


def _step(node: Node, place: Place) -> Step | None:
    if isinstance(node, Mapping):
        for name, (key, value) in node.entries.items():
            if _contains(key, place) or _contains(value, place):
                return Step(node, name)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if _contains(item, place):
                return Step(node, index)
    return None


def _contains(node: Node, place: Place) -> bool:
    """Whether the place begins in the node; of a value of the command line, whether it is somewhere within."""
    if node.place.source is not place.source:
        return node.place.source.text != place.source.text and _step(node, place) is not None
    start, end, at = node.place.start, node.place.end, place.start
    return start <= at < end or start == at == end


def _items(path: tuple[Step, ...]) -> Iterator[ItemAt]:
    """The items on a path: what it passes in the lists of `layers`, of a block's, of a merge's branches."""
    in_items = in_branches = False
    for step in path:
        if isinstance(step.holder, Sequence):
            node = step.node
            if in_items or (in_branches and not isinstance(node, Sequence)):
                yield ItemAt(node, step.holder, int(step.key))
            # A list among branches is a list of items.
            in_items, in_branches = in_branches and isinstance(node, Sequence), False
        else:
            key = str(step.key)
            in_items = key == "layers"
            in_branches = key in MERGES or key == "of"


def _initialiser(keys: list[str | int]) -> type[Arguments] | None:
    from cnnspec.layers.initialisers import INITIALISERS  # noqa: PLC0415 -- few specs have one

    return next((INITIALISERS[key] for key in keys if isinstance(key, str) and key in INITIALISERS), None)


def _settings_model(path: tuple[Step, ...]) -> type[Arguments] | None:
    """The declaration of a section's part: of `train`, of a data set, of an optimizer and so on."""
    keys = [step.key for step in path]
    table: MappingType[str, type[Arguments]] | None = None
    model: type[Arguments] | None = None
    if keys[0] == "train":
        model = Train
    else:
        table = DATA
    for key in keys[1:]:
        if isinstance(key, int):
            continue
        if table is not None:
            if key not in table:
                return None
            model, table = table[key], None
            continue
        info = model.model_fields.get(key) if model is not None else None
        choice = one_of(info) if info is not None else None
        if choice is not None:
            table, inner = choice.table, model
            model = inner
    return model
