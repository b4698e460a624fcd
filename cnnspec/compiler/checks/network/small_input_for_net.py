"""Filters that go over a map of one position, most of whose weights see padding alone.

## small-input-for-net

The map is down to one position too early (warning)

Of a 3×3 filter over a map of 1×1, eight of nine weights see padding and are never trained. So it is with a network for
224×224 images that gets 32×32 ones. Not told of a single such layer, nor of 1×1 filters, as in channel attention.

```yaml
cnnspec: 1
input: [3, 8, 8]
layers:
  - {layers: [conv: {out_channels: 16, kernel_size: 3, stride: 2, padding: 1}, relu], repeat: 5}
```

Take some strides or pools out, or enlarge the input.

```yaml
cnnspec: 1
input: [3, 64, 64]
layers:
  - {layers: [conv: {out_channels: 16, kernel_size: 3, stride: 2, padding: 1}, relu], repeat: 5}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import numbers, weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node
from cnnspec.core.plural import plural

_SEVERAL = 2


@check("shapes", "no errors")
def small_input_for_net(context: Context) -> Iterator[Finding]:
    """Look for wide filters over a single position; the first is told."""
    found = [node for node in weighted_sums(context.plan) if _sees_padding(node)]
    if len(found) >= _SEVERAL:
        first = found[0]
        idle = sum(_idle_weights(node) for node in found)
        message = (
            f"only {first.inputs[0].shape} is left at this {first.kind}: in {len(found)} layers from here on "
            f"{plural(idle, 'weight')} see nothing but padding"
        )
        hint = "Take out strides or pools before it, or enlarge the input."
        yield warning("small-input-for-net", message, first, hint)


def _sees_padding(node: Node) -> bool:
    x = numbers(node.inputs[0].shape)
    if node.kind not in {"conv", "depthwise"} or x is None or node.weights is None:
        return False
    rank = len(x) - 1
    return prod(x[1:]) == 1 and prod(node.weights.parameters["weight"][-rank:]) > 1


def _idle_weights(node: Node) -> int:
    assert node.weights is not None
    out, channels, *kernel = node.weights.parameters["weight"]
    return out * channels * (prod(kernel) - 1)
