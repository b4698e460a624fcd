"""Rows and columns at the end of the input that no output reads.

## lost-pixels

The last rows or columns are never read (warning)

A window that steps over the end of its input leaves the rest out, and deep in the network a row stands for many
pixels. Told from a tenth of a side on; cropping by slice or pad is meant, and not told, and of steps wider
than the window `stride-over-kernel` tells.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers:
  - {layers: [conv: {out_channels: 16, kernel_size: 3}, relu, maxpool: 2], repeat: 3}
  - flatten
  - linear: 10
```

Pad, round up with ceil_mode, or choose the sizes so that the windows fit.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers:
  - {layers: [conv: {out_channels: 16, kernel_size: 3, padding: 1}, relu, maxpool: 2], repeat: 3}
  - flatten
  - linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import numbers, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node
from cnnspec.core.sliding_window import Window

_SHARE = 10
_WITH_WINDOWS = {"weighted sum", "pool"}


@check("shapes", "no errors")
def lost_pixels(context: Context) -> Iterator[Finding]:
    """Count what is read of each input, where some window leaves an end out; the last such one is told."""
    leaving = [node for node in context.plan.nodes if _leaves_an_end_out(node)]
    if not leaving or any(map(_crops, context.plan.nodes)):
        return
    from cnnspec.compiler.pixel_reads import unread  # noqa: PLC0415 -- windows mostly fit

    for name, axes in unread(context.plan).items():
        sizes = numbers(context.plan.inputs[name].shape)
        for size, lost in zip((sizes or ())[1:], axes or (), strict=False):
            if _SHARE * lost.after >= size > lost.after:
                message = (
                    f"no output reads the last {lost.after} of {size} pixels of the input: the windows of this "
                    f"{leaving[-1].kind} end before its input's end"
                )
                hint = (
                    "Pad before it, write `ceil_mode: true` in a pool, or choose sizes that the windows fit."
                )
                yield warning("lost-pixels", message, leaving[-1], hint)
                return


def _crops(node: Node) -> bool:
    """Whether it leaves positions out because it is told to."""
    x, y = numbers(node.inputs[0].shape), numbers(node.shape)
    if node.kind not in {"slice", "pad"} or x is None or y is None:
        return False
    return any(places < size for places, size in zip(y[1:], x[1:], strict=True))


def _leaves_an_end_out(node: Node) -> bool:
    """Whether the last window along some axis ends before the axis does."""
    x, y = numbers(node.inputs[0].shape), numbers(node.shape)
    if role(node) not in _WITH_WINDOWS or node.layer is None or x is None or y is None:
        return False
    rows = zip(x[1:], y[1:], node.layer.windows(len(x) - 1) or () if x[1:] else (), strict=False)
    return any(
        _left(size, places, window) and window.stride <= window.extent for size, places, window in rows
    )


def _left(size: int, places: int, window: Window) -> bool:
    return (places - 1) * window.stride + window.extent - window.before < size
