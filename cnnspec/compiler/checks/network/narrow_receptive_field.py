"""A classifier whose layers each see a small part of the image, and then take the mean of what they saw.

## narrow-receptive-field

No position sees more than a quarter of the image (warning)

What is larger than the field of view can't be recognised: the global pool only counts how often small patterns
occur. Accuracy grows with the field (Araujo et al., 2019), of which the rim hardly counts (Luo et al., 2016). BagNets
(Brendel & Bethge, 2019) do so on purpose. Told below a quarter of both sides.

```yaml
cnnspec: 1
input: [3, 64, 64]
layers: [conv: {out_channels: 32, kernel_size: 3}, relu, global_avgpool, flatten, linear: 10]
```

Write more layers, strides, pools or dilation before the global pool.

```yaml
cnnspec: 1
input: [3, 64, 64]
layers:
  - {layers: [conv: {out_channels: 32, kernel_size: 3, stride: 2}, relu], repeat: 4}
  - global_avgpool
  - flatten
  - linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import numbers, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node
from cnnspec.core.plural import times
from cnnspec.core.shape import is_image

_PARTS = 4


@check("shapes")
def narrow_receptive_field(context: Context) -> Iterator[Finding]:
    """Compare what enters a global pool that all of the flow passes with the image."""
    image = context.input_shape or ()
    pools = [node for node in context.plan.nodes if _averages_a_map(node)] if is_image(image) else []
    pools = [node for node in pools if node.inputs[0].node is not None]
    if not pools or len(context.plan.inputs) != 1:
        return
    straits = set(context.dataflow.straits())
    told = [node for node in pools if node in straits]
    if not told:
        return
    from cnnspec.compiler.receptive_field import receptive_fields  # noqa: PLC0415 -- for networks with such a pool

    fields = receptive_fields(context.plan)
    for node in told:
        before = node.inputs[0].node
        field = fields[before] if before is not None else None
        if field and all(_PARTS * extent < size for extent, size in zip(field, image[1:], strict=True)):
            message = f"each position that {node.kind} takes together sees {times(field)} of the image's {times(image[1:])}"
            hint = "Write more layers before it, with strides, pools or dilation."
            yield warning("narrow-receptive-field", message, node, hint)


def _averages_a_map(node: Node) -> bool:
    x, y = numbers(node.inputs[0].shape), numbers(node.shape)
    return role(node) == "pool" and x is not None and y is not None and prod(y[1:]) == 1 < prod(x[1:])
