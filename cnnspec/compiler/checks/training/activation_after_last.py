"""An activation behind the layer that gives the scores, which the loss takes as they are.

## activation-after-last

The scores are bent (warning)

cross_entropy and bce take any number for a score. A relu behind the last layer cuts off what is negative, and the
gradient with it: on the digits 67.9 instead of 97.5 % were right. Not told of mse, which may want values from 0 to 1,
nor of a pool between, as in SqueezeNet; of softmax `softmax-before-cross-entropy` tells.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 10, relu]
data: digits
```

Let the last layer with weights be the last.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 10]
data: digits
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.dataflow import behind, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node


@check("train", "no errors")
def activation_after_last(context: TrainContext) -> Iterator[Finding]:
    """Look at what gives the first output, which is the one that is trained."""
    outputs = context.plan.outputs
    shape = outputs[0].value.shape if outputs else None
    if shape is None or shape.rank or context.train.loss.outputs == "values":
        return
    node = behind(outputs[0].value, _passes_on).node
    before = node and behind(node.inputs[0], _passes_on).node
    if node is None or before is None or role(node) != "activation" or role(before) != "weighted sum":
        return
    assert node.layer is not None
    if node.layer.normalises and context.train.loss.normalises:
        return  # told as softmax-before-cross-entropy
    message = (
        f"{node.kind} behind the last layer with weights bends the scores, which the loss takes as they are"
    )
    yield warning("activation-after-last", message, node, f"Take {node.kind} out.")


def _passes_on(node: Node) -> bool:
    return role(node) in {"layout", "dropout"}
