"""What differs in the layers of two plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cnnspec.compiler.diff.alignment import Alignment, arguments
from cnnspec.compiler.plan import Node, Plan, Value


class Detail(NamedTuple):
    """One thing that differs: an argument by its name, or what else a layer has."""

    what: str
    before: object
    after: object


class LayerChange(NamedTuple):
    """A layer that differs in anything, be it its name alone; None: the plan has no such layer."""

    before: Node | None
    after: Node | None
    own: tuple[Detail, ...] = ()
    """What is said otherwise of the layer itself: its kind, arguments, inputs, its place in the order."""
    result: tuple[Detail, ...] = ()
    """What has come of it, or of a layer before it: its output's shape, parameters, multiply-accumulates."""

    @property
    def sort(self) -> str:
        """`added`, `removed`, `changed` itself, `resized` by a layer before it, or but `renamed`."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.own else "resized" if self.result else "renamed"


def layer_changes(before: Plan, after: Plan, alignment: Alignment) -> tuple[LayerChange, ...]:
    """The layers that differ in anything, those of the first plan alone where they stood."""
    partners = dict(alignment.pairs)
    sources = Sources(alignment)
    changes = [LayerChange(None, node) for node in after.nodes if node not in sources.after]
    changes += [LayerChange(node, None) for node in before.nodes if node not in partners]
    for one, other in alignment.pairs:
        change = LayerChange(
            one, other, tuple(_own(one, other, sources, alignment)), tuple(_result(one, other))
        )
        changes += [change] if change.own or change.result or one.path != other.path else []
    return tuple(sorted(changes, key=_Order(before, after, partners)))


def same_outputs(before: Plan, after: Plan, alignment: Alignment) -> bool:
    """Whether both networks return the same values, by the same keys."""
    sources = Sources(alignment)
    first = [(out.key, sources.of_first(out.value), out.train_only) for out in before.outputs]
    second = [(out.key, sources.of_second(out.value), out.train_only) for out in after.outputs]
    return (before.output_form, first) == (after.output_form, second)


class Sources:
    """Where values come from when layers that are in one plan alone are left out: so an added layer is one change."""

    def __init__(self, alignment: Alignment) -> None:
        self.after = {other: one for one, other in alignment.pairs}
        """The partner of each layer of the second plan that has one."""
        self._before = {one for one, _ in alignment.pairs}

    def of_first(self, value: Value) -> object:
        """What gives a value of the first plan, or the input's name."""
        node = value.node
        while node is not None and node not in self._before:
            value = node.inputs[0]
            node = value.node
        return value.name if node is None else node

    def of_second(self, value: Value) -> object:
        """The same of the second plan, as the layer of the first that is its partner."""
        node = value.node
        while node is not None and node not in self.after:
            value = node.inputs[0]
            node = value.node
        return value.name if node is None else self.after[node]


def _own(one: Node, other: Node, sources: Sources, alignment: Alignment) -> Iterator[Detail]:
    if one.kind != other.kind:
        yield Detail("kind", one.kind, other.kind)
        given: Mapping[str, object] = {}
    else:
        given = arguments(other)
    for name, value in arguments(one).items():
        if name in given and value != given[name]:
            yield Detail(name, value, given[name])
    first, second = map(sources.of_first, one.inputs), map(sources.of_second, other.inputs)
    if list(first) != list(second):
        yield Detail("inputs", _names(one.inputs), _names(other.inputs))
    if other in alignment.moved:
        yield Detail("order", f"line {one.place.line}", f"line {other.place.line}")


def _names(values: tuple[Value, ...]) -> list[str]:
    return [value.node.path if value.node else value.name for value in values]


def _result(one: Node, other: Node) -> Iterator[Detail]:
    if one.shape != other.shape:
        yield Detail("output", one.shape, other.shape)
    for what in ("params", "macs"):
        numbers = getattr(one, what), getattr(other, what)
        if numbers[0] != numbers[1]:
            yield Detail(what, *numbers)


class _Order:
    """A sort key: the second plan's order, and what it lacks behind the layer before it in the first plan."""

    def __init__(self, before: Plan, after: Plan, partners: Mapping[Node, Node]) -> None:
        self._places = {node: (index, 0) for index, node in enumerate(after.nodes)}
        last = -1
        for index, node in enumerate(before.nodes, 1):
            if node in partners:
                last = self._places[partners[node]][0]
            else:
                self._places[node] = (last, index)

    def __call__(self, change: LayerChange) -> tuple[int, int]:
        node = change.after or change.before
        assert node is not None, "a change has a layer"
        return self._places[node]
