"""channels_last, where images or weights have not the axes for it.

## no-planes

channels_last without 2-d convolutions

It is an order of the values of images, and of the filters of 2-d convolutions; others have no such axes.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 10]
data: digits
train: {memory_format: channels_last}
```

Leave memory_format out.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [conv: {out_channels: 8, kernel_size: 3}, flatten, linear: 10]
data: digits
train: {memory_format: channels_last}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.compiler.plan import Plan
from cnnspec.core.shape import is_image

_FILTERS = 4
"""Axes of a 2-d convolution's weight; channels_last is an order of so many, and torch refuses it to one more."""


@check("shapes")
def channels_last(context: TrainContext) -> Iterator[Finding]:
    """Look at the axes of what enters and of the weights."""
    asked = context.train.memory_format == "channels_last" and len(context.plan.inputs) == 1
    if asked and (against := against_channels_last(context.plan)):
        message = "channels_last is for 2-d convolutions of images, which have two spatial axes"
        yield error("no-planes", f"{message}: {against}", "train.memory_format", "Leave memory_format out.")


def against_channels_last(plan: Plan) -> str:
    """Why a network's images and weights can't lie channels_last; nothing where they can."""
    if not is_image(plan.image):
        return f"the input is {'×'.join(map(str, plan.image))}"
    axes = {name: len(shape) for name, shape in plan.state().items()}
    if _FILTERS not in axes.values():
        return "no layer here has such filters"
    deeper = next((name for name, count in axes.items() if count > _FILTERS), None)
    return f"{deeper} has {axes[deeper]} axes" if deeper else ""
