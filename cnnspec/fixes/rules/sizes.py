"""Sizes that don't fit: paddings, groups, channels, a pool too many, a flatten that is missing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cnnspec.compiler.plan import Node as PlanNode
from cnnspec.core.diagnostic import Edit, Place
from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Window
from cnnspec.fixes.edits import (
    Candidate,
    insertion,
    is_flow,
    item_after,
    item_before,
    replacement,
    short,
    with_entry,
    without_entries,
    without_item,
)
from cnnspec.fixes.mistake import ItemAt, Mistake
from cnnspec.layers import KINDS
from cnnspec.reader.node import Mapping, Scalar, Sequence

_MOST_CHANNELS = 65_536
_MOST_POOLS = 4
_MOST_LAYERS = 4


def sizes(mistake: Mistake) -> Iterator[Candidate]:
    """Numbers that fit, and layers to put in or to take out."""
    rule = _RULES.get(mistake.code)
    if rule is not None:
        yield from rule(mistake)


# Finding and editing the items of layers


def item_at(mistake: Mistake, place: Place) -> ItemAt | None:
    """The item whose kind is written at a place."""
    if mistake.root is None or place.source is not mistake.source:
        return None
    there = Mistake(mistake.diagnostic._replace(place=place), mistake.result)
    return there.item


def with_argument(item: ItemAt, name: str, text: str) -> Candidate | None:
    """The item with an argument of another value."""
    kind, value = item.kind, item.arguments
    if kind is None or kind.text not in KINDS:
        return None
    model = KINDS[kind.text]
    title = f"write `{name}: {text}` for {kind.text} in line {kind.place.line}"
    if isinstance(value, Mapping) and value.entries:
        entry = value.entries.get(name)
        edit = Edit(entry.value.place, text) if entry is not None else with_entry(value, f"{name}: {text}")
        return Candidate((edit,), title, resizes=True)
    if (
        value is not None
        and not isinstance(value, Mapping)
        and not (isinstance(value, Scalar) and value.value is None)
    ):
        new = text if name == model.main else f"{{{model.main}: {value.place.text}, {name}: {text}}}"
        return Candidate((Edit(value.place, new),), title, resizes=True)
    return None


def _layer(mistake: Mistake) -> PlanNode | None:
    """The plan's layer of the item that the mistake is in."""
    item = mistake.item
    kind = item.kind if item is not None else None
    nodes = mistake.plan_nodes(kind.place) if kind is not None else []
    return nodes[0] if nodes else None


def _input(mistake: Mistake) -> Shape | None:
    layer = _layer(mistake)
    return layer.inputs[0].shape if layer is not None else None


def _number(holder: Mapping | None, name: str, default: int) -> int | None:
    node = holder.get(name) if holder is not None else None
    if node is None:
        return default
    value = node.plain()
    return value if type(value) is int else None


# Padding and kernels


def _same_with_stride(mistake: Mistake) -> Iterator[Candidate]:
    """The padding that halves, or divides by the stride: d(k − 1)/2."""
    holder, node = mistake.holder, mistake.node
    kernel, dilation = _number(holder, "kernel_size", 1), _number(holder, "dilation", 1)
    written = holder.get("kernel_size") if holder is not None else None
    if node is None:
        return
    if kernel is not None and dilation is not None:
        yield replacement(
            node.place, str(dilation * (kernel - 1) // 2), _titled(mistake, dilation * (kernel - 1) // 2)
        )
    elif isinstance(written, Sequence) and dilation == 1:
        kernels = written.plain()
        if isinstance(kernels, list) and all(type(k) is int for k in kernels):
            paddings = [(k - 1) // 2 for k in kernels if isinstance(k, int)]
            yield replacement(node.place, str(paddings), _titled(mistake, paddings))
    elif isinstance(written, Scalar) and dilation == 1:
        yield replacement(
            node.place, f"({written.text} - 1) // 2", _titled(mistake, f"({written.text} - 1) // 2")
        )


def _titled(mistake: Mistake, value: object) -> str:
    key = mistake.key
    return f"write `{key.text}: {value}`" if key is not None else f"write `{value}`"


def _kernel_too_large(mistake: Mistake) -> Iterator[Candidate]:
    """A pool to drop, here or before; then a kernel or a padding with which it fits."""
    layer, item = _layer(mistake), mistake.item
    if layer is None or item is None:
        return
    pools = [node for node in [layer, *_ancestors(layer)] if "pool" in node.kind][:_MOST_POOLS]
    for pool in pools:
        dropped = _dropped(mistake, pool.place)
        if dropped is not None:
            yield dropped
    if "pool" in layer.kind:
        return
    x = layer.inputs[0].shape
    if x is None or not x.known or layer.layer is None:
        return
    windows = layer.layer.windows(x.rank) or ()
    fitting = [_largest_kernel(w, size or 0) for w, size in zip(windows, x.spatial, strict=True)]
    if fitting and all(fitting):
        smallest = min(fitting)
        odd = smallest - (smallest % 2 == 0)
        changed = with_argument(item, "kernel_size", str(odd))
        yield from [changed] if changed is not None else []
    if windows and "padding" in type(layer.layer).model_fields:
        wanted = max(w.dilation * (w.kernel - 1) // 2 for w in windows)
        changed = with_argument(item, "padding", str(wanted))
        yield from [changed] if changed is not None else []


def _largest_kernel(window: Window, size: int) -> int:
    return (size + window.before + window.after - 1) // window.dilation + 1


def _dropped(mistake: Mistake, place: Place) -> Candidate | None:
    item = item_at(mistake, place)
    edits = without_item(item.holder, item.position) if item is not None else None
    if item is None or edits is None:
        return None
    return Candidate(edits, f"take `{short(item.node.place.text)}` of line {place.line} out", resizes=True)


def _ancestors(node: PlanNode) -> Iterator[PlanNode]:
    """The layers before it, the nearest first."""
    seen = set()
    todo = [value.node for value in node.inputs]
    while todo:
        before = todo.pop(0)
        if before is not None and before not in seen:
            seen.add(before)
            yield before
            todo += [value.node for value in before.inputs]


def _padding_too_large(mistake: Mistake) -> Iterator[Candidate]:
    """Half the kernel for a pool; one less than the size where it is mirrored."""
    node, layer = mistake.node, _layer(mistake)
    if node is None:
        return
    kernel = _number(mistake.holder, "kernel_size", 0)
    if kernel:
        yield replacement(node.place, str(kernel // 2), _titled(mistake, kernel // 2), resizes=True)
        yield replacement(
            node.place, str((kernel - 1) // 2), _titled(mistake, (kernel - 1) // 2), resizes=True
        )
    x = layer.inputs[0].shape if layer is not None else None
    if x is not None and x.known and x.spatial:
        least = min(size or 0 for size in x.spatial)
        for padding in (least - 1, least):
            if padding >= 0:
                yield replacement(node.place, str(padding), _titled(mistake, padding), resizes=True)


def _output_padding(mistake: Mistake) -> Iterator[Candidate]:
    """Less than the stride, or the dilation."""
    stride, dilation = _number(mistake.holder, "stride", 1), _number(mistake.holder, "dilation", 1)
    if mistake.node is not None and stride and dilation:
        largest = max(stride, dilation) - 1
        yield replacement(mistake.node.place, str(largest), _titled(mistake, largest), resizes=True)


# Channels


def _groups(mistake: Mistake) -> Iterator[Candidate]:
    """The divisors of the channels next to what is written, and the numbers of filters that split."""
    item, x = mistake.item, _input(mistake)
    arguments = item.arguments if item is not None else None
    if item is None:
        return
    holder = arguments if isinstance(arguments, Mapping) else None
    out = _number(holder, "out_channels", 0)
    name = "num_groups" if item.kind is not None and item.kind.text == "groupnorm" else "groups"
    written = _number(holder, name, 0)
    if written == 0 and isinstance(arguments, Scalar) and type(arguments.value) is int:
        written = arguments.value
    channels = x.channels if x is not None else None
    if not written or written < 1:
        return
    common = math.gcd(channels or 0, out or 0)
    if common == 0 or common > _MOST_CHANNELS:
        return
    divisors = [d for d in range(1, common + 1) if common % d == 0]
    near = [
        max((d for d in divisors if d < written), default=0),
        min((d for d in divisors if d > written), default=0),
    ]
    for number in sorted(filter(None, near), key=lambda d: abs(d - written)):
        changed = with_argument(item, name, str(number))
        if changed is not None:
            yield changed._replace(resizes=False)
    if out and (channels or written) % written == 0:
        for number in (out // written * written, (out // written + 1) * written):
            if number:
                changed = with_argument(item, "out_channels", str(number))
                yield from [changed] if changed is not None else []


def _classes(mistake: Mistake) -> Iterator[Candidate]:
    """As many outputs of the last layer with weights as the data has classes."""
    result = mistake.result
    if result.plan is None or not result.plan.outputs or result.data is None:
        return
    given = next(iter(result.plan.inputs.values())).shape if len(result.plan.inputs) == 1 else None
    known = given is not None and given.known
    classes = result.data.facts(result.plan.image if known else None).classes
    node = result.plan.outputs[0].value.node
    if classes is None or node is None:
        return
    for before in [node, *_ancestors(node)]:
        name = next((n for n in ("out_features", "out_channels") if hasattr(before.layer, n)), None)
        if name is not None:
            item = item_at(mistake, before.place)
            changed = with_argument(item, name, str(classes)) if item is not None else None
            yield from [changed] if changed is not None else []
            return


# Layers to put in


def _flatten_before(mistake: Mistake) -> Iterator[Candidate]:
    """`flatten` before a linear layer."""
    yield from _before(mistake, "flatten")


def _before(mistake: Mistake, text: str) -> Iterator[Candidate]:
    item = mistake.item
    if item is None:
        return
    edit = item_before(item.holder, item.position, text)
    if edit is not None:
        line = item.node.place.line
        kind = item.kind.text if item.kind is not None else "it"
        yield Candidate((edit,), f"write `- {text}` before {kind} in line {line}")


def _permute_before(mistake: Mistake) -> Iterator[Candidate]:
    x = _input(mistake)
    if x is not None:
        order = [x.channel_axis, *(axis for axis in range(len(x.sizes)) if axis != x.channel_axis)]
        yield from _before(mistake, f"permute: {order}")


def _rank(mistake: Mistake) -> Iterator[Candidate]:
    """The flatten before it goes."""
    layer = _layer(mistake)
    if layer is None:
        return
    for node in list(_ancestors(layer))[:_MOST_LAYERS]:
        if node.kind == "flatten":
            dropped = _dropped(mistake, node.place)
            if dropped is not None:
                yield dropped
    x = layer.inputs[0].shape
    if layer.kind.endswith("pool") and x is not None and x.rank == 0:
        dropped = _dropped(mistake, layer.place)
        yield from [dropped] if dropped is not None else []


# Branches


def _branches(mistake: Mistake) -> Iterator[Candidate]:
    """Strides, paddings and channels of one branch that make it equal to the other; a last layer that does."""
    merge, item = _layer(mistake), mistake.item
    if merge is None or item is None or any(value.shape is None for value in merge.inputs):
        return
    shapes = [value.shape for value in merge.inputs if value.shape is not None]
    if len({shape.rank for shape in shapes}) > 1:
        yield from _flat_branches(item, shapes)
        return
    joined = merge.kind == "concat"
    channels = {shape.channels for shape in shapes}
    spatial = {shape.spatial for shape in shapes}
    fork = _common(merge)
    windows: list[Candidate] = []
    projections: list[Candidate] = []
    if len(spatial) > 1:
        for value in merge.inputs:
            windows += _other_windows(mistake, value.node, fork)
        windows += _resized(item, shapes)
    if len(channels) > 1 and not joined:
        for value in merge.inputs:
            others = (
                c for c in channels if c is not None and value.shape is not None and c != value.shape.channels
            )
            for number in sorted(others):
                projections += _other_channels(mistake, value.node, fork, number)
        projections += _projected(item, shapes)
    if windows and projections:
        yield from (
            _both(one, other) for one in windows[:_MOST_LAYERS] for other in projections[:_MOST_LAYERS]
        )
    else:
        yield from windows or projections


def _both(one: Candidate, other: Candidate) -> Candidate:
    return Candidate((*one.edits, *other.edits), f"{one.title}, and {other.title}", resizes=True)


def _common(merge: PlanNode) -> set[PlanNode]:
    """The layers that several branches have behind them."""
    seen: dict[PlanNode, int] = {}
    for value in merge.inputs:
        if value.node is not None:
            for node in {value.node, *_ancestors(value.node)}:
                seen[node] = seen.get(node, 0) + 1
    return {node for node, count in seen.items() if count > 1}


def _own(last: PlanNode | None, fork: set[PlanNode]) -> list[PlanNode]:
    return [] if last is None else [node for node in [last, *_ancestors(last)] if node not in fork]


def _other_windows(mistake: Mistake, last: PlanNode | None, fork: set[PlanNode]) -> Iterator[Candidate]:
    for node in _own(last, fork)[: 2 * _MOST_LAYERS]:
        fields = type(node.layer).model_fields if node.layer is not None else {}
        item = item_at(mistake, node.place)
        if item is None or "kernel_size" not in fields:
            continue
        x = node.inputs[0].shape
        windows = (node.layer.windows(x.rank) if node.layer is not None and x is not None else None) or ()
        for window in windows[:1]:
            keeping = window.dilation * (window.kernel - 1) // 2
            numbers = [
                ("padding", p)
                for p in (keeping, 0, window.before + 1)
                if p != window.before and "padding" in fields
            ]
            numbers += [("stride", s) for s in (1, 2) if s != window.stride]
            for name, number in numbers:
                changed = with_argument(item, name, str(number))
                yield from [changed] if changed is not None else []


def _other_channels(
    mistake: Mistake, last: PlanNode | None, fork: set[PlanNode], number: int
) -> Iterator[Candidate]:
    for node in _own(last, fork):
        name = next((n for n in ("out_channels", "out_features") if hasattr(node.layer, n)), None)
        if name is not None:
            item = item_at(mistake, node.place)
            changed = with_argument(item, name, str(number)) if item is not None else None
            yield from [changed] if changed is not None else []
            return


def _branch_lists(item: ItemAt) -> list[Scalar | Sequence | Mapping]:
    value = item.arguments
    if isinstance(value, Mapping):
        value = value.get("of")
    return list(value.items) if isinstance(value, Sequence) else []


def _last_layer(branch: Scalar | Sequence | Mapping, text: str) -> Candidate | None:
    """A layer put in at the end of a branch."""
    title = f"end the branch of line {branch.place.line} with `{text}`"
    if isinstance(branch, Sequence) and is_flow(branch):
        comma = ", " if branch.items else ""
        return Candidate(
            (insertion(branch.place.source, branch.place.end - 1, f"{comma}{text}"),), title, resizes=True
        )
    if isinstance(branch, Sequence) and branch.items:
        edit = item_after(branch, len(branch.items) - 1, text)
        return Candidate((edit,), title, resizes=True) if edit is not None else None
    return None


def _resized(item: ItemAt, shapes: list[Shape]) -> Iterator[Candidate]:
    """`resize: {like: skip}` where a branch is a name."""
    branches = _branch_lists(item)
    names = [branch.text for branch in branches if isinstance(branch, Scalar)]
    for branch, _ in zip(branches, shapes, strict=False):
        if not isinstance(branch, Scalar):
            for name in names[:1]:
                changed = _last_layer(branch, f"resize: {{like: {name}}}")
                yield from [changed] if changed is not None else []


def _projected(item: ItemAt, shapes: list[Shape]) -> Iterator[Candidate]:
    """A 1×1 convolution or a linear layer at the end of a branch, which gives it the channels of another."""
    branches = _branch_lists(item)
    if len(branches) != len(shapes):
        return
    for branch, shape in zip(branches, shapes, strict=True):
        for other in shapes:
            if other.channels != shape.channels and other.channels is not None:
                text = (
                    f"linear: {other.channels}"
                    if shape.rank == 0
                    else f"conv: {{out_channels: {other.channels}, kernel_size: 1}}"
                )
                changed = _last_layer(branch, text)
                yield from [changed] if changed is not None else []
                break


def _flat_branches(item: ItemAt, shapes: list[Shape]) -> Iterator[Candidate]:
    for branch, shape in zip(_branch_lists(item), shapes, strict=False):
        if shape.rank > 0:
            changed = _last_layer(branch, "flatten")
            yield from [changed] if changed is not None else []


# Axes, settings


def _axis(mistake: Mistake) -> Iterator[Candidate]:
    """One less, as torch counts the batch; the last."""
    node = mistake.node
    value = node.plain() if node is not None else None
    if node is not None and type(value) is int:
        for axis in (value - 1, -1):
            yield replacement(node.place, str(axis), _titled(mistake, axis), doubtful=True)


def _swapped(mistake: Mistake) -> Iterator[Candidate]:
    """Two numbers, each in the other's place."""
    for one, other in (
        ("start_axis", "end_axis"),
        ("start", "stop"),
        ("min_val", "max_val"),
        ("lower", "upper"),
    ):
        holder = mistake.holder
        first = holder.get(one) if holder is not None else None
        second = holder.get(other) if holder is not None else None
        if first is not None and second is not None:
            a, b = first.place.text, second.place.text
            yield Candidate(
                (Edit(first.place, b), Edit(second.place, a)), f"write `{one}: {b}, {other}: {a}`"
            )


def _without_doubles(mistake: Mistake) -> Iterator[Candidate]:
    node, x = mistake.node, _input(mistake)
    if isinstance(node, Sequence) and x is not None:
        count = len(x.sizes)
        axes = sorted({v % count for v in node.plain() if isinstance(v, int)})  # type: ignore[union-attr]
        yield replacement(node.place, str(axes), _titled(mistake, axes))


def _version(mistake: Mistake) -> Iterator[Candidate]:
    source = mistake.source
    root = mistake.root
    if root is not None:
        start = source.offset(root.place.line, 1)
        yield Candidate((insertion(source, start, "cnnspec: 1\n"),), "begin with `cnnspec: 1`")


def _nesterov(mistake: Mistake) -> Iterator[Candidate]:
    holder = mistake.holder
    if holder is None:
        return
    momentum = holder.entries.get("momentum")
    edit = Edit(momentum.value.place, "0.9") if momentum is not None else with_entry(holder, "momentum: 0.9")
    yield Candidate((edit,), "write `momentum: 0.9` beside it")
    yield from _left_out(mistake)


def _left_out(mistake: Mistake) -> Iterator[Candidate]:
    holder, key = mistake.holder, mistake.key
    edits = without_entries(holder, [key.text]) if holder is not None and key is not None else None
    if edits and key is not None:
        yield Candidate(edits, f"leave {key.text} out")


def _softmax(mistake: Mistake) -> Iterator[Candidate]:
    item = mistake.item
    edits = without_item(item.holder, item.position) if item is not None else None
    if edits and item is not None:
        yield Candidate(edits, f"take `{short(item.node.place.text)}` of line {item.node.place.line} out")


_RULES = {
    "same-with-stride": _same_with_stride,
    "kernel-too-large": _kernel_too_large,
    "padding-too-large": _padding_too_large,
    "output-padding-too-large": _output_padding,
    "indivisible-groups": _groups,
    "indivisible": _groups,
    "too-few-outputs": _classes,
    "too-many-outputs": _classes,
    "channels-not-last": _flatten_before,
    "channel-axis": _permute_before,
    "wrong-rank": _rank,
    "shape-mismatch": _branches,
    "axis-out-of-range": _axis,
    "axes-swapped": _swapped,
    "bounds-swapped": _swapped,
    "axis-twice": _without_doubles,
    "missing-version": _version,
    "nesterov-without-momentum": _nesterov,
    "nesterov-with-dampening": _left_out,
    "fused-with-foreach": _left_out,
    "softmax-before-cross-entropy": _softmax,
}
