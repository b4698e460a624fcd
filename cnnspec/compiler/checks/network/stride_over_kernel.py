"""Steps wider than the window, between which positions are read by nobody.

## stride-over-kernel

Positions that the steps leave out (warning)

The window never sees what lies between two of its places, and the work that made those values is for nothing. Not
told where another layer reads them, as beside the 1×1 shortcut of a ResNet. ResNet's first form (He et al., 2015) has
it in both branches; with the stride in the 3×3 it is more accurate.

```yaml
- conv: {out_channels: 8, kernel_size: 3, padding: 1}
- relu
- conv: {out_channels: 16, kernel_size: 1, stride: 2}
```

Write a kernel_size of at least the stride, or pool before it.

```yaml
- conv: {out_channels: 8, kernel_size: 3, padding: 1}
- relu
- conv: {out_channels: 16, kernel_size: 2, stride: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import numbers
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node, Value
from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Window


@check("shapes", "no errors")
def stride_over_kernel(context: Context) -> Iterator[Finding]:
    """Look at what all readers of a value leave out, where one of them steps over some of it."""
    told = set()
    for node in context.plan.nodes:
        value, window = node.inputs[0], _stepping_over(node)
        if window is None or value in told:
            continue
        told.add(value)
        if _left_out(value, context.dataflow.readers[value]):
            message = (
                f"stride {window.stride} steps over a window of {window.extent}: of {window.stride} positions in a "
                f"row nothing reads {window.stride - window.extent}"
            )
            hint = f"Write a kernel_size of at least {window.stride}, or a pool before it."
            yield warning("stride-over-kernel", message, node, hint)


def _stepping_over(node: Node) -> Window | None:
    """The window along the first axis where it does so and has more than one place."""
    x, y, layer = node.inputs[0].shape, node.shape, node.layer
    if (
        layer is None
        or layer.role not in {"weighted sum", "pool"}
        or not x
        or not x.rank
        or numbers(y) is None
    ):
        return None
    assert y is not None
    windows = zip(layer.windows(x.rank) or (), y.spatial, strict=False)
    return next((w for w, places in windows if w.stride > w.extent and places != 1), None)


def _left_out(value: Value, readers: list[Node]) -> bool:
    """Whether between the first and the last position along an axis that are read lie others that are not."""
    read = [masks for reader in readers for masks in _reads(value, reader)]
    if None in read:
        return False
    along = [reduce(or_, masks, 0) for masks in zip(*(m for m in read if m is not None), strict=True)]
    return any(_has_gaps(mask) for mask in along)


def _has_gaps(mask: int) -> bool:
    return bool(mask & (mask + (mask & -mask)))


def _reads(value: Value, reader: Node) -> Iterator[tuple[int, ...] | None]:
    """The positions that a reader reads, a mask an axis; None where it can't be told: then it may be all of them."""
    shapes = tuple(given.shape for given in reader.inputs if given.shape is not None)
    assert reader.layer is not None and reader.shape is not None
    if reader.shape.rank != shapes[0].rank or not all(map(_countable, (*shapes, reader.shape))):
        yield None
        return
    for given, reads in zip(reader.inputs, reader.layer.reads(shapes, reader.shape), strict=True):
        if given is value:
            yield None if reads is None else tuple(reduce(or_, axis, 0) for axis in reads)


_MOST_POSITIONS = 4096


def _countable(shape: Shape) -> bool:
    return max(numbers(shape) or (_MOST_POSITIONS,)) < _MOST_POSITIONS
