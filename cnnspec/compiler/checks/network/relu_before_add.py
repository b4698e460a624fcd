"""A residual branch that ends in relu, so that the sum can only grow.

## relu-before-add

A branch that can only add (warning)

The branch gives nothing negative: what goes along the shortcut grows from block to block, and the error is higher
(He et al., 2016, "Identity mappings", table 2: 7.8 instead of 6.6 % on CIFAR-10). Told where the other branch is the
value that the first began with, and the first keeps its size: decoders add what they enlarged.

```yaml
- {conv: {out_channels: 8, kernel_size: 3}, name: stem}
- add: [[], [conv: {out_channels: 8, kernel_size: 3, padding: 1}, relu]]
```

Put relu behind add.

```yaml
- {conv: {out_channels: 8, kernel_size: 3}, name: stem}
- add: [[], [conv: {out_channels: 8, kernel_size: 3, padding: 1}]]
- relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import Dataflow
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Value

_RECTIFIERS = ("relu", "relu6")


@check("no errors")
def relu_before_add(context: Context) -> Iterator[Finding]:
    """Look at the branches of each add."""
    for node in context.plan.nodes:
        for value in node.inputs if node.kind == "add" else ():
            last = value.node
            if last is None or last.kind not in _RECTIFIERS:
                continue
            if _start(last, context.dataflow) in node.inputs:
                message = (
                    f"the residual branch ends in {last.kind}: it can only add to what goes past it "
                    f"to add (line {node.place.line})"
                )
                yield warning("relu-before-add", message, last, f"Put {last.kind} behind add.")


def _start(value: Value, flow: Dataflow) -> Value:
    """The value that a branch began with: the nearest that others read too, or that has another size."""
    size = value.shape and value.shape.spatial
    while value.node is not None and len(value.node.inputs) == 1:
        value = value.node.inputs[0]
        if len(flow.readers[value]) > 1 or (value.shape and value.shape.spatial) != size:
            break
    return value
