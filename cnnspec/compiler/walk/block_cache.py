"""Instances of blocks: what one unfolded to is not walked again for the same arguments.

The layers, their names and their wiring depend on the arguments alone, and on the input's shape where the
block reads `$in_channels`. So an instance that had no mistake is repeated with shapes inferred anew; where
that meets a mistake, nothing is kept of it, and the walk goes through the block and tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Node, Value
from cnnspec.language.spec import every
from cnnspec.language.values import variables_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from cnnspec.compiler.walk.builder import Wiring
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.core.plain import Plain
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Block, Item, Spec
    from cnnspec.layers.base import Layer


class Step(NamedTuple):
    """A layer of an instance; its inputs by their place among what entered and what earlier steps gave."""

    suffix: str
    kind: str
    layer: Layer
    inputs: tuple[int, ...]
    item: Item
    frame: Frame


class Unfolding(NamedTuple):
    """What a block unfolded to."""

    steps: list[Step]
    result: int
    items: int
    """How many items the walk counted."""
    blocks: list[tuple[str, str]]
    """The blocks called inside, by the suffixes of their paths."""


class Traits(NamedTuple):
    """What a block's text says of its instances."""

    repeatable: bool
    """Whether nothing in it compares shapes (`expect`), and every block that it calls is known."""
    by_shape: bool
    """Whether `$in_channels` may matter in it."""


class Mark(NamedTuple):
    """How far the walk is: counts of nodes, of blocks called, of mistakes told, of items."""

    nodes: int
    blocks: int
    told: int
    items: int


class Walked(NamedTuple):
    """An instance that was walked: from where to where, what entered and came out, and its path."""

    since: Mark
    until: Mark
    entered: Sequence[Value]
    result: Value
    path: str


class Instances:
    """Remembers unfoldings by block and arguments."""

    def __init__(self, spec: Spec, wiring: Wiring) -> None:
        self._spec = spec
        self._wiring = wiring
        self._walked: dict[Hashable, Walked] = {}
        self._known: dict[Hashable, Unfolding] = {}
        self._known_traits: dict[str, Traits] = {}

    def key(self, block: Block, call: Scope, entered: Sequence[Value], init: object, depth: int) -> Hashable:
        """What an instance depends on; None where it can't be repeated."""
        traits = self._traits(block)
        if not traits.repeatable or not call.unknown.isdisjoint(block.args):
            return None
        arguments = tuple([(type(call[name]), _hashable(call[name])) for name in block.args])
        shapes = tuple([value.shape for value in entered]) if traits.by_shape else ()
        return (block.name, arguments, shapes, id(init), depth)

    def known(self, key: Hashable) -> Unfolding | None:
        """What an instance with this key unfolded to, if it can be repeated."""
        walked = self._walked.pop(key, None)
        unfolding = None if walked is None else self._unfolding(walked)
        if unfolding is not None:
            self._known[key] = unfolding
        return self._known.get(key)

    def repeat(self, unfolding: Unfolding, entered: Sequence[Value], path: str) -> Value | None:
        """The instance again, on these values; None, and no trace, where a shape has to be told about."""
        values = list(entered)
        made: list[Node] = []
        infer, prefix = self._wiring.inferences.of, f"{path}."
        for step in unfolding.steps:
            inputs = tuple([values[index] for index in step.inputs])
            shapes = tuple([value.shape for value in inputs if value.shape is not None])
            if len(shapes) < len(inputs):
                return None
            answer = infer(step.layer, shapes)
            if answer.reject is not None or answer.weights is None:
                return None
            output = Value(answer.shape)
            output.node = Node(
                prefix + step.suffix,
                step.kind,
                step.layer,
                inputs,
                output,
                step.item.place,
                answer.weights,
                answer.params,
                answer.macs,
            )
            values.append(output)
            made.append(output.node)
        self._wiring.keep(made, [(step.item, step.frame) for step in unfolding.steps])
        self._wiring.blocks.update((prefix + suffix, name) for suffix, name in unfolding.blocks)
        return values[unfolding.result]

    def mark(self, told: int, items: int) -> Mark:
        """Where the walk is."""
        return Mark(len(self._wiring.nodes), len(self._wiring.blocks), told, items)

    def learn(self, key: Hashable, walked: Walked) -> None:
        """Remember an instance that was walked; what it unfolded to is looked at when it is met again."""
        silent = walked.since.told == walked.until.told and walked.result.shape is not None
        if key not in self._known and silent:
            self._walked[key] = walked

    def _unfolding(self, walked: Walked) -> Unfolding | None:
        since, until, entered, result, path = walked
        nodes = self._wiring.nodes[since.nodes : until.nodes]
        values = [*entered, *(node.output for node in nodes)]
        index = {value: number for number, value in enumerate(values)}
        cut = len(path) + 1
        steps = [step for node in nodes if (step := self._step(node, index, cut)) is not None]
        if len(steps) < len(nodes) or len(index) < len(values):
            return None
        blocks = list(self._wiring.blocks.items())[since.blocks : until.blocks]
        inside = [(called[cut:], name) for called, name in blocks]
        return Unfolding(steps, index[result], until.items - since.items, inside)

    def _step(self, node: Node, index: dict[Value, int], prefix: int) -> Step | None:
        layer = node.layer
        x = node.inputs[0].shape
        if layer is None or x is None or not node.known or self._wiring.inferences.asserted(layer, x):
            return None
        item, frame = self._wiring.items[node]
        inputs = tuple(index[value] for value in node.inputs)
        return Step(node.path[prefix:], node.kind, layer, inputs, item, frame)

    def _traits(self, block: Block) -> Traits:
        found = self._known_traits.get(block.name)
        if found is None:
            found = self._known_traits[block.name] = self._traits_of(block)
        return found

    def _traits_of(self, block: Block) -> Traits:
        items = list(every(block.body))
        called = [self._traits(self._spec.blocks[item.kind]) for item in items if item.form == "block"]
        by_shape = "in_channels" in variables_in(block.node)
        fixed = any(item.form == "dynamic" or item.expect is not None for item in items)
        return Traits(
            repeatable=not fixed and all(other.repeatable for other in called),
            by_shape=by_shape or any(other.by_shape for other in called),
        )


def _hashable(value: Plain) -> Hashable:
    return repr(value) if isinstance(value, list | dict) else value
