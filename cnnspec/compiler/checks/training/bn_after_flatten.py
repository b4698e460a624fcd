"""Batch norm over the few values of a small batch.

## bn-after-flatten

Batch norm of a handful of values (warning)

Behind flatten or a global pool there is one value a channel and image: the mean and variance of a small batch are those
of a few numbers, other ones in each step (Wu & He, 2018: the error grows from 16 images downwards). Told below 8.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: {out_features: 32, bias: false}, bn, relu, linear: 10]
data: digits
train: {batch_size: 4}
```

Write a larger batch_size, or layernorm.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: {out_features: 32, bias: false}, bn, relu, linear: 10]
data: digits
train: {batch_size: 32}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.dataflow import numbers
from cnnspec.compiler.checks.interface import Finding, check, warning

_FEWEST = 8


@check("shapes", "train", "no errors")
def bn_after_flatten(context: TrainContext) -> Iterator[Finding]:
    """Count the values of each channel that a batch has; a single one is an error of its own."""
    batch = context.train.batch_size
    for node in context.plan.nodes if 1 < batch < _FEWEST else ():
        sizes = numbers(node.inputs[0].shape)
        if node.layer is None or not node.layer.averages_batch or sizes is None:
            continue
        if prod(sizes[1:]) == 1:
            message = f"with batch_size {batch} this {node.kind} takes the mean and variance of {batch} values a channel"
            hint = f"Write a batch_size of at least {2 * _FEWEST}, or layernorm in place of {node.kind}."
            yield warning("bn-after-flatten", message, node, hint)
