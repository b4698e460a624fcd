"""Layers that take a mean over the batch, and would see a single value of each channel.

## alone-in-batch

Batch norm of a single value

It takes the mean over batch and positions; of one image with one position the mean is the value itself.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 32, bn, relu, linear: 10]
data: digits
train: {batch_size: 1}
```

Write a larger batch_size.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 32, bn, relu, linear: 10]
data: digits
train: {batch_size: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.compiler.plan import Node


@check("shapes")
def batch_statistics(context: TrainContext) -> Iterator[Finding]:
    """Look at what enters such layers where a batch is one image; the first that can't be trained is told."""
    nodes = context.plan.nodes if context.train.batch_size == 1 else ()
    for node in filter(_averages_single_values, nodes):
        message = (
            f"{node.kind} ({node.path}, line {node.place.line}) can't be trained with one image a batch: "
            f"of {node.inputs[0].shape} it sees one value a channel, whose mean it is"
        )
        yield error("alone-in-batch", message, "train.batch_size", "Write a batch_size of at least 2.")
        return


def _averages_single_values(node: Node) -> bool:
    """Whether it takes means over the batch, and an image has one value of each channel."""
    shape = node.inputs[0].shape
    averages = node.layer is not None and node.layer.averages_batch
    return averages and shape is not None and all(size == 1 for size in shape.spatial)
