"""Dilated filters in a row that see their input as a grid with holes.

## gridding

Dilated filters leave holes (warning)

With equal dilations, or such as have a common divisor, an output sees every second or fourth pixel and none between,
and its neighbours see others: the output is checkered (Yu, Koltun & Funkhouser, 2017; Wang et al., 2018). Told where
what comes out, or enters a global pool or flatten, has holes in its field of view.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [{conv: {out_channels: 8, kernel_size: 3, padding: 2, dilation: 2}, repeat: 3}]
```

Write dilations such as 1, 2, 5, or begin with a conv of dilation 1 and a kernel that fills the holes.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers:
  - conv: {out_channels: 8, kernel_size: 3, padding: 1}
  - {conv: {out_channels: 8, kernel_size: 3, padding: 2, dilation: 2}, repeat: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node
from cnnspec.core.plural import times
from cnnspec.core.sliding_window import Reach


@check("shapes", "no errors")
def gridding(context: Context) -> Iterator[Finding]:
    """Look at the last values that see a window, where some filter is dilated; the first with holes is told."""
    if not any(map(_is_dilated, context.plan.nodes)):
        return
    from cnnspec.compiler.receptive_field import seen_inputs  # noqa: PLC0415 -- dilation is rare

    windows = {
        node: reaches for node, reaches in seen_inputs(context.plan).items() if _is_window(node, reaches)
    }
    dilated = context.plan.nodes[0]
    for node in context.plan.nodes:
        dilated = node if _is_dilated(node) else dilated
        readers = context.dataflow.readers.get(node, [])
        if node in windows and (node in context.dataflow.outputs or windows.keys().isdisjoint(readers)):
            views = [_widest(reach) for reach in windows[node] or () if reach is not None]
            extents, seen = [view.bit_length() for view in views], [view.bit_count() for view in views]
            if extents != seen:
                message = (
                    f"an output sees a grid: {times(seen)} of the {times(extents)} pixels that it extends over, "
                    "and never those between"
                )
                hint = "Write dilations without a common divisor, such as 1, 2, 5."
                yield warning("gridding", message, dilated, hint)
                return


def _is_window(node: Node, reaches: tuple[Reach | None, ...] | None) -> bool:
    """Whether its positions see a window each, which is no more than some of the input."""
    return node.shape is not None and bool(node.shape.rank) and reaches is not None and None not in reaches


def _widest(reach: Reach) -> int:
    """The mask of the inputs that the phase sees with most between them."""
    masks = [tap.mask for tap in reach.taps if tap is not None]
    return max(masks, key=lambda mask: mask.bit_length() - mask.bit_count(), default=0)


def _is_dilated(node: Node) -> bool:
    x = node.inputs[0].shape
    if role(node) != "weighted sum" or node.layer is None or x is None or not x.rank:
        return False
    return any(window.dilation > 1 < window.kernel for window in node.layer.windows(x.rank) or ())
