"""One walk that expands repeats, `when` and blocks, and infers shapes as it goes.

After a root cause the values that depend on it are unknown, and unknown never raises a second error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnnspec.compiler.plan import Expectation, Value
from cnnspec.compiler.walk.arguments import ArgumentReader
from cnnspec.compiler.walk.block_calls import CallReader
from cnnspec.compiler.walk.builder import Builder
from cnnspec.compiler.walk.frame import Frame, KindInit
from cnnspec.compiler.walk.item_keys import Rounds, check_expected, is_there, read_rounds
from cnnspec.compiler.walk.limits import Limits, stop
from cnnspec.compiler.walk.names import Names, claim
from cnnspec.compiler.walk.namespace import Namespace
from cnnspec.compiler.walk.reporter import BlockCall
from cnnspec.language.items import FEWEST_BRANCHES
from cnnspec.language.scope import Scope
from cnnspec.language.spec import HOLDERS, Branch, Item, Spec
from cnnspec.language.values import variables_in
from cnnspec.reader.node import Mapping, Node, Scalar

Observer = Callable[["Item", Value], None]
"""Called with each item that is present, and its value."""


class Walk:
    """Walks a spec's items; the nodes of its plan end up in `builder`."""

    def __init__(
        self, spec: Spec, variables: Scope, observer: Observer | None = None, *, open_sizes: bool = False
    ) -> None:
        """open_sizes: unknown spatial sizes are open ones, no mistakes."""
        self._spec = spec
        self._observer = observer
        self.names = Names(spec)
        self.builder = Builder(self.names, open_sizes=open_sizes)
        self._arguments = ArgumentReader(spec)
        self._calls = CallReader(variables)
        self._limits = Limits()

    def run(self, items: Sequence[Item], value: Value, frame: Frame) -> Value:
        """The items one after another, each on what the one before it gave. Raises TooLarge."""
        self._limits.enter(items, frame.reporter)
        for item in items:
            if item.plain:
                self._limits.count(item, frame.reporter)
                value = self._layer(item, value, frame, self._name(item, frame))
                if self._observer is not None:
                    self._observer(item, value)
            elif item.repeat is not None:
                value = self._repeat(item, item.repeat, value, frame)
            else:
                result = self._once(item, value, frame)
                value = value if result is None else result
        self._limits.leave()
        return value

    def _name(self, item: Item, frame: Frame) -> str | None:
        return None if item.name is None else self.names.evaluated_name(item.name, frame)

    def _repeat(self, item: Item, repeat: Node, value: Value, frame: Frame) -> Value:
        rounds = read_rounds(repeat, frame.scope, frame.reporter, self._limits.most)
        if rounds is None:
            frame.namespace.incomplete = True
            return Value(None)
        result, last = self._run_rounds(item, rounds, value, frame)
        if last is not None:
            self._finish(item, result, last, frame)
        return result

    def _once(self, item: Item, value: Value, frame: Frame) -> Value | None:
        """What the item gives; None where `when` drops it."""
        there = self._is_there(item, frame)
        if there is False:
            return None
        result = self._expand(item, value, frame, self._name(item, frame))
        self._finish(item, result, frame.scope, frame)
        return result if there else _common_value(value, result)

    def _finish(self, item: Item, result: Value, scope: Scope, frame: Frame) -> None:
        """Check `expect`, and call the observer."""
        if item.expect is not None:
            expected = check_expected(item, item.expect, result.shape, scope, frame.reporter)
            self.builder.expectations.append(Expectation(result, expected, item.expect.place))
        if self._observer is not None:
            self._observer(item, result)

    def _run_rounds(
        self, item: Item, rounds: Rounds, value: Value, frame: Frame
    ) -> tuple[Value, Scope | None]:
        """Every round on what the round before gave; `from` is for the first that is there.

        Also the scope of the last round that is there, None when there is none.
        """
        flat = item.name is None or rounds.variable in variables_in(item.name)
        key, group = "", None
        last: Scope | None = None
        for index, element in enumerate(rounds.elements):
            inner = frame.with_scope(frame.scope.extended({rounds.variable: element}, rounds.place))
            there = self._is_there(item, inner)
            if there is False:
                continue
            before = value
            if flat:
                name = self._name(item, inner)
                value = self._expand(item, value, inner, name, first=last is None)
            else:
                if group is None:
                    key = claim(item, self._name(item, frame), frame)
                    group = frame.namespace.inside(key)
                value = self._expand(item, value, inner.inside(group), str(index), first=last is None)
                frame.namespace.bind(key, value, group)
            value = value if there else _common_value(before, value)
            last = inner.scope
        if last is None and not rounds.elements:
            self.names.record_absent(item, frame)
        return value, last

    def _is_there(self, item: Item, frame: Frame) -> bool | None:
        """Whether `when` lets the item be there; None where that can't be told: then it may be."""
        self._limits.count(item, frame.reporter)
        if item.when is None:
            return True
        there = is_there(item.when, frame.scope, frame.reporter)
        if there is None:
            frame.namespace.incomplete = True
        elif not there:
            self.names.record_absent(item, frame)
        return there

    def _expand(
        self, item: Item, value: Value, frame: Frame, name: str | None, *, first: bool = True
    ) -> Value:
        """The item, its `when` passed: `from`, then what it is."""
        if item.source is not None and first:
            value = self.names.lookup(item.source, frame, own=name)
        if item.form == "dynamic":
            item = self._arguments.dynamic_item(item, frame)
        if item.init is not None and item.form in HOLDERS:
            frame = frame._replace(init=(*frame.init, KindInit(item.init, frame.scope, frame.reporter)))
        if item.form == "block":
            return self._block(item, value, frame, name)
        if item.form == "layers":
            return self._group(item, value, frame, name)
        if item.form == "merge":
            return self._merge(item, value, frame, name)
        return self._layer(item, value, frame, name)

    def _group(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        if name is None:
            return self.run(item.body, value, frame)
        key = claim(item, name, frame)
        group = frame.namespace.inside(key)
        return frame.namespace.bind(key, self.run(item.body, value, frame.inside(group)), group)

    def _block(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        """What a block gives that is called here: a walk through its body, in a scope and a namespace of its own."""
        block = self._spec.blocks[item.kind]
        space = frame.namespace
        key = claim(item, name, frame)
        if block.broken:
            return space.bind(key, Value(None))
        if frame.reporter.is_inside(block):
            message, hint = f"block {block.name} uses itself", "Use `repeat` for rounds in a row."
            stop("recursive-block", message, item, hint, frame.reporter)
        path = space.prefix + key
        self.builder.blocks[path] = block.name
        channels = value.shape.channels if value.shape else None
        scope, sources = self._calls.call(item, block, frame, channels)
        inputs = {"input": value}
        for given in block.inputs:
            inputs[given] = self.names.lookup(sources[given], frame) if given in sources else Value(None)
        inner = Namespace(path, block.body)
        inner.reserve(block.inputs)
        reporter = frame.reporter.inside(BlockCall(block, scope, item.place))
        result = self.run(block.body, value, Frame(inner, scope, inputs, reporter, frame.init))
        return space.bind(key, result)

    def _layer(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        layer = item.layer if item.literal else self._arguments.layer(item, frame)
        key = claim(item, name, frame)
        inputs: tuple[Value, ...] = (value,)
        if layer is not None and layer.references:
            written = [field for field in layer.references if getattr(layer, field) is not None]
            inputs += tuple(self.names.lookup(_reference_node(item, field), frame) for field in written)
        node = self.builder.add(item, layer, inputs, key, frame)
        frame.namespace.values[key] = node
        return node

    def _merge(self, item: Item, value: Value, frame: Frame, name: str | None) -> Value:
        """What the merge gives; one that holds layers and has a name opens a namespace for them."""
        space, key, group = frame.namespace, "", None
        if name is not None and any(branch.items for branch in item.branches):
            key = claim(item, name, frame)
            group = space.inside(key)
        kept, dropped = self._branches(item, value, frame.inside(group) if group else frame)
        enough = len(kept) >= FEWEST_BRANCHES
        if dropped and not enough:
            result = _remaining(item, kept, dropped, frame)
            if group is None:
                return result
            space.positions -= 1  # a merge that is a branch is no item of its own
            return space.bind(key, result, group)
        layer = None
        if enough:
            layer = item.layer if item.literal else self._arguments.layer(item, frame)
        key = key or claim(item, name, frame)
        return space.bind(key, self.builder.add(item, layer, tuple(kept), key, frame), group)

    def _branches(self, item: Item, value: Value, frame: Frame) -> tuple[list[Value], list[Branch]]:
        """What the branches give that are there, and those that are not."""
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
            return self.names.lookup(branch.name, frame)
        if branch.single and branch.items[0].repeat is None:
            return self._once(branch.items[0], value, frame)
        return self.run(branch.items, value, frame)


def _remaining(item: Item, kept: list[Value], dropped: list[Branch], frame: Frame) -> Value:
    """A merge that `when` leaves with one branch is that branch, if only names were dropped."""
    for branch in dropped:
        if branch.items[0].form != "layers" or branch.items[0].body:
            message = f"{item.kind}: `when` drops a branch with layers, which leaves {len(kept)}"
            hint = "Put the condition on the item inside the branch's list: `- [{…, when: …}]` passes the value through."
            frame.reporter.error("dropped-branch", message, branch.place, hint)
            return Value(None)
    if not kept:
        message = f"{item.kind}: `when` leaves no branch"
        frame.reporter.error("too-few-branches", message, item.place, "Keep one of them.")
        return Value(None)
    return kept[0]


def _common_value(value: Value, result: Value) -> Value:
    """The value where it is unknown whether the item is present: known only if both shapes are equal."""
    return result if value.shape == result.shape else Value(None)


def _reference_node(item: Item, field: str) -> Scalar:
    """The name that a layer's argument refers to, as it is written."""
    node = item.args.get(field) if isinstance(item.args, Mapping) else item.args
    assert isinstance(node, Scalar), "the field's type is a text"
    return node
