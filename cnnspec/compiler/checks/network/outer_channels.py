"""`$in_channels` outside of blocks, where it is easily taken for what enters the item.

## outer-channels

$in_channels is not what comes into the item (warning)

In a block `$in_channels` is what enters the block, outside of blocks what enters the spec; an item in between
gets another number.

```yaml
cnnspec: 1
input: [3, 8, 8]
layers: [conv: {out_channels: 8, kernel_size: 3}, conv: {out_channels: 2 * $in_channels, kernel_size: 3}]
```

Make a block of these layers, or write the number.

```yaml
cnnspec: 1
input: [3, 8, 8]
blocks: {double: {layers: [conv: {out_channels: 2 * $in_channels, kernel_size: 3}]}}
layers: [conv: {out_channels: 8, kernel_size: 3}, double]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node, Plan
from cnnspec.language.spec import Item, every
from cnnspec.language.values import variables_in

_LAYERS = ("layer", "dynamic")


@check()
def outer_channels(context: Context) -> Iterator[Finding]:
    """Compare what entered the spec with what comes into each layer outside of blocks that uses it."""
    arguments = {item.place: item.args for item in _users(context.spec.layers)}
    entered = [value.shape.channels if value.shape else None for value in context.plan.inputs.values()]
    for node in context.plan.nodes if arguments and len(entered) == 1 else ():
        written = arguments.get(node.place)
        comes = node.inputs[0].shape if written is not None else None
        if written is None or comes is None or comes.channels == entered[0] or _in_block(node, context.plan):
            continue
        message = (
            f"$in_channels is {entered[0]} here, what entered the spec; "
            f"{comes.channels} channels come into this {node.kind}"
        )
        hint = "Make a block of these layers: in it `$in_channels` is what enters the block. Or write the number."
        yield warning("outer-channels", message, written, hint)


def _users(items: Iterable[Item]) -> Iterator[Item]:
    """The layers that use `$in_channels`."""
    for item in every(items):
        if item.literal or item.form not in _LAYERS or item.args is None:
            continue
        if "in_channels" in variables_in(item.args):
            yield item


def _in_block(node: Node, plan: Plan) -> bool:
    """Whether it is part of a block, into which an alias put the same item."""
    return any(node.path.startswith(f"{space}.") for space in plan.blocks)
