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
from operator import lt

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import numbers, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node
from cnnspec.core.plural import times
from cnnspec.core.shape import is_image

_PARTS = 4
_POINTWISE = {"activation", "norm", "dropout", "merge"}
"""Roles of layers of which an output sees at least the input at its own position."""


@check("shapes", "no errors")
def narrow_receptive_field(context: Context) -> Iterator[Finding]:
    """Compare what enters a global pool that all of the flow passes with the image."""
    shapes = [numbers(value.shape) for value in context.plan.inputs.values()]
    image = shapes[0] if len(shapes) == 1 else None
    if image is None or not is_image(image):
        return
    limits = tuple(size / _PARTS for size in image[1:])
    pools = {node: node.inputs[0].node for node in context.plan.nodes if _averages_a_map(node)}
    straits = context.dataflow.straits() if pools else ()
    passed = {node: before for node in straits if (before := pools.get(node)) is not None}
    narrow = {node: before for node, before in passed.items() if _may_be_narrow(before, limits)}
    if not narrow:
        return
    from cnnspec.compiler.receptive_field import receptive_fields  # noqa: PLC0415 -- fields are mostly wide

    fields = receptive_fields(context.plan)
    for node, before in narrow.items():
        field = fields[before]
        if field and all(map(lt, field, limits)):
            message = f"each position that {node.kind} takes together sees {times(field)} of the image's {times(image[1:])}"
            hint = "Write more layers before it, with strides, pools or dilation."
            yield warning("narrow-receptive-field", message, node, hint)


def _may_be_narrow(last: Node, limits: tuple[float, ...]) -> bool:
    """Whether one way to the input sees little, by r ← (r − 1)·stride + extent; true where that can't be told."""
    fields = [1] * len(limits)
    node: Node | None = last
    while node is not None:
        windows = node.layer.windows(len(limits)) if node.layer is not None else None
        if windows is None and role(node) not in _POINTWISE:
            return True
        for axis, window in enumerate(windows or ()):
            fields[axis] = (fields[axis] - 1) * window.stride + window.extent
        if not all(map(lt, fields, limits)):
            return False
        node = node.inputs[0].node
    return True


def _averages_a_map(node: Node) -> bool:
    x, y = numbers(node.inputs[0].shape), numbers(node.shape)
    return role(node) == "pool" and x is not None and y is not None and prod(y[1:]) == 1 < prod(x[1:])
