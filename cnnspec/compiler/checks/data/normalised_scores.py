"""A softmax, or the like, before a loss that applies one of its own.

## softmax-before-cross-entropy

A softmax before the loss (warning)

Cross-entropy applies a softmax of its own; two in a row flatten the gradient, and training is slow and poor.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10, softmax]
data: mnist
```

Take it out; the order of the scores, and so the prediction, is the same.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10]
data: mnist
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, warning


@check()
def normalised_scores(context: DataContext) -> Iterator[Finding]:
    """Look at the layer that gives the scores."""
    shape, node = context.output.shape, context.output.node
    if shape is None or shape.rank != 0 or node is None or node.layer is None:
        return
    if context.train.loss.normalises and node.layer.normalises:
        message = (
            f"{node.kind} before cross-entropy, which applies a softmax of its own: training is slow and poor"
        )
        hint = f"Take {node.kind} out; the scores' order, and so the prediction, is the same."
        yield warning("softmax-before-cross-entropy", message, node, hint)
