"""One walk that expands repeats, `when` and blocks, and infers shapes as it goes.

After a root cause the values that depend on it are unknown, and unknown never raises a second error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.names.names import Names, Slot, bind
from cnnspec.compiler.names.namespace import Namespace
from cnnspec.compiler.plan import Value
from cnnspec.compiler.walk.arguments import ArgumentReader, dynamic_item
from cnnspec.compiler.walk.block_cache import Instances, Walked
from cnnspec.compiler.walk.block_calls import CallReader
from cnnspec.compiler.walk.builder import Wiring
from cnnspec.compiler.walk.expect import Expectations
from cnnspec.compiler.walk.frame import Frame, KindInit
from cnnspec.compiler.walk.limits import Limits
from cnnspec.compiler.walk.merges import Merges
from cnnspec.compiler.walk.repeat import Rounds, read_rounds
from cnnspec.compiler.walk.reporter import Reporter
from cnnspec.compiler.walk.when import wanted
from cnnspec.language.spec import HOLDERS
from cnnspec.language.values import variables_in
from cnnspec.reader.node import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.core.diagnostic import Place
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Block, Item, Spec


class Walk:
    """Walks a spec's items; the nodes of its plan end up in `wiring`."""

    def __init__(self, spec: Spec, variables: Scope, reporter: Reporter) -> None:
        self._spec = spec
        self._reporter = reporter
        self.names = Names(spec, reporter)
        self.wiring = Wiring(self.names, reporter)
        self._instances = Instances(spec, self.wiring)
        self._arguments = ArgumentReader(spec, reporter)
        self._calls = CallReader(reporter, variables)
        self._expectations = Expectations(reporter)
        self._limits = Limits(reporter)
        self._merges = Merges(self, self._arguments, reporter)

    def run(self, items: Iterable[Item], value: Value, frame: Frame) -> Value:
        """The items one after another, each on what the one before it gave. Raises Unfolded."""
        self._limits.depth += 1
        for item in items:
            self._limits.require_flat(item)
            value = self._plain(item, value, frame) if item.plain else self._item(item, value, frame)
        self._limits.depth -= 1
        return value

    def _plain(self, item: Item, value: Value, frame: Frame) -> Value:
        self._limits.count(item)
        return self._layer(item, value, frame, self.names.filled(item.name, frame))

    def _item(self, item: Item, value: Value, frame: Frame) -> Value:
        if item.repeat is None:
            return self._once(item, value, frame)
        rounds = read_rounds(item.repeat, frame.scope, self._reporter, self._limits.most)
        if rounds is None:
            frame.namespace.blurred = True
            return Value(None)
        result, last = self._rounds(item, rounds, value, frame)
        if last is not None:
            self._expectations.check(item, result, last)
        return result

    def _once(self, item: Item, value: Value, frame: Frame) -> Value:
        result = self.if_wanted(item, value, frame)
        return value if result is None else result

    def if_wanted(self, item: Item, value: Value, frame: Frame) -> Value | None:
        """What the item gives; None where `when` drops it."""
        there = self._wanted(item, frame)
        if there is False:
            return None
        result = self._present(item, value, frame, self.names.filled(item.name, frame))
        self._expectations.check(item, result, frame.scope)
        return result if there else _either(value, result)

    def _rounds(self, item: Item, rounds: Rounds, value: Value, frame: Frame) -> tuple[Value, Scope | None]:
        """Every round on what the round before gave; `from` is for the first that is there.

        Also the scope of the last round that is there, None when there is none.
        """
        spliced = item.name is None or rounds.variable in variables_in(item.name)
        outer: tuple[Slot, Namespace] | None = None
        last: Scope | None = None
        for index, element in enumerate(rounds.elements):
            inner = frame._replace(scope=frame.scope.extended({rounds.variable: element}, rounds.place))
            there = self._wanted(item, inner)
            if there is False:
                continue
            before = value
            if spliced:
                name = self.names.filled(item.name, inner)
                value = self._present(item, value, inner, name, first=last is None)
            else:
                outer = outer or self.open(item, self.names.filled(item.name, frame), frame)
                value = self._present(item, value, inner.inside(outer[1]), str(index), first=last is None)
                bind(outer[0], value, frame, outer[1])
            value = value if there else _either(before, value)
            last = inner.scope
        if last is None and not rounds.elements:
            self.names.mark_dropped(item, frame)
        return value, last

    def _wanted(self, item: Item, frame: Frame) -> bool | None:
        """Whether `when` lets the item be there; None where that can't be told: then it may be."""
        self._limits.count(item)
        there = item.when is None or wanted(item.when, frame.scope, self._reporter)
        if there is None:
            frame.namespace.blurred = True
        elif not there:
            self.names.mark_dropped(item, frame)
        return there

    def _present(
        self, item: Item, value: Value, frame: Frame, name: str | None, *, first: bool = True
    ) -> Value:
        """The item, its `when` passed: `from`, then what it is."""
        if item.source is not None and first:
            value = self.names.lookup(item.source, frame, own=name)
        if item.form == "dynamic":
            item = dynamic_item(item, frame.scope, self._spec, self._reporter)
        if item.init is not None and item.form in HOLDERS:
            frame = frame._replace(init=(*frame.init, KindInit(item.init, frame.scope, frame.calls)))
        if item.form == "layers":
            return self._group(item, value, frame, name)
        if item.form == "merge":
            return self._merges.value(item, value, frame, name)
        if item.form == "block":
            return self._block(item, value, frame, name)
        return self._layer(item, value, frame, name)

    def open(self, item: Item, name: str | None, frame: Frame) -> tuple[Slot, Namespace]:
        """Take the item's name, which is a namespace for what the item holds."""
        slot = self.names.claim(item, name, frame)
        return slot, Namespace(slot.path, frame.namespace)

    def _group(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        if name is None:
            return self.run(item.body, value, frame)
        slot, space = self.open(item, name, frame)
        return bind(slot, self.run(item.body, value, frame.inside(space)), frame, space)

    def _block(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        block = self._spec.blocks[item.kind]
        slot = self.names.claim(item, name, frame)
        if block.broken:
            return bind(slot, Value(None), frame)
        if self._reporter.inside(block.name):
            message = f"block {block.name} uses itself"
            self._limits.stop("recursive-block", message, item, "Use `repeat` for rounds in a row.")
        self.wiring.blocks[slot.path] = block.name
        call = self._calls.call(item, block, frame.scope, value.shape.channels if value.shape else None)
        inputs = {key: Value(None) for key in block.inputs}
        inputs |= {key: self.names.lookup(source, frame) for key, source in call.sources.items()}
        inner = Frame(Namespace(slot.path, None), call, {"input": value, **inputs}, frame.init)
        return bind(slot, self._instance(block, inner, item.place, slot.path), frame)

    def _instance(self, block: Block, frame: Frame, place: Place, path: str) -> Value:
        """What a block's instance gives: walked, or repeated where an equal one was walked before."""
        entered = list(frame.entered.values())
        key = self._instances.key(block, frame.scope, entered, frame.init, self._limits.depth)
        known = self._instances.known(key)
        if known is not None and self._limits.allow(known.items):
            result = self._instances.repeat(known, entered, path)
            if result is not None:
                self._limits.items += known.items
                return result
        since = self._instances.mark(self._reporter.total, self._limits.items)
        result = self._inside(block, frame, place)
        if key is not None:
            until = self._instances.mark(self._reporter.total, self._limits.items)
            self._instances.learn(key, Walked(since, until, entered, result, path))
        return result

    def _inside(self, block: Block, frame: Frame, place: Place) -> Value:
        """A walk through a block."""
        frame.namespace.reserve(block.inputs)
        self.names.bodies[frame.namespace] = block.body
        known = block.args.keys() - frame.scope.unknown
        arguments = {key: frame.scope[key] for key in block.args if key in known}
        self._reporter.enter(block.name, arguments, place)
        frame = frame._replace(calls=self._reporter.calls)
        result = self.run(block.body, frame.entered["input"], frame)
        self._reporter.leave()
        return result

    def _layer(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        layer = self._arguments.layer(item, frame.scope) if item.form == "layer" else None
        slot = self.names.claim(item, name, frame)
        inputs: tuple[Value, ...] = (value,)
        if layer is not None and layer.references:
            written = [field for field in layer.references if getattr(layer, field) is not None]
            inputs += tuple(self.names.lookup(_written(item, field), frame) for field in written)
        return bind(slot, self.wiring.add(item, layer, inputs, slot.path, frame), frame)


def _either(value: Value, result: Value) -> Value:
    """What comes out of an item that may not be there: known where that makes no difference."""
    return result if value.shape == result.shape else Value(None)


def _written(item: Item, field: str) -> Scalar:
    """The name that a layer's argument refers to, as it is written."""
    node = item.args.get(field) if isinstance(item.args, Mapping) else item.args
    assert isinstance(node, Scalar), "the field's type is a text"
    return node
