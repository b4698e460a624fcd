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

from typing import TYPE_CHECKING

from cnnspec.compiler.checks.contract import check, warning
from cnnspec.language.spec import every
from cnnspec.language.values import variables_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.compiler.checks.context import Context
    from cnnspec.compiler.checks.contract import Finding


@check()
def outer_channels(context: Context) -> Iterator[Finding]:
    """Compare what entered the spec with what comes into each item outside of blocks that uses it."""
    plan = context.plan
    entered = next((value.shape.channels for value in plan.inputs.values() if value.shape), None)
    arguments = {
        item.place: item.args
        for item in every(context.spec.layers)
        if not item.literal and item.args is not None and "in_channels" in variables_in(item.args)
    }
    for node in plan.nodes if arguments and len(plan.inputs) == 1 else ():
        shape, written = node.inputs[0].shape, arguments.get(node.place)
        if written is None or entered is None or shape is None or shape.channels == entered:
            continue
        message = (
            f"$in_channels is {entered} here, what entered the spec; "
            f"{shape.channels} channels come into this {node.kind}"
        )
        hint = "Make a block of these layers: in it `$in_channels` is what enters the block. Or write the number."
        yield warning("outer-channels", message, written, hint)
