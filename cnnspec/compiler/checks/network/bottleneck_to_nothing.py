"""A single channel that all of the flow must pass.

## bottleneck-to-nothing

All that follows sees one channel (warning)

Of many channels one is left, and whatever comes after makes more of it again, but can tell no more apart than one
number at each position can. Not told of gates and other branches beside which the rest goes on, nor of autoencoders,
which give back what entered.

```yaml
- flatten
- linear: 64
- relu
- linear: 1
- relu
- linear: 10
```

Let more channels through.

```yaml
- flatten
- linear: 64
- relu
- linear: 32
- relu
- linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role, weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node, Plan

_MANY = 8
"""So many channels must come in for one to be next to nothing: an image's three may well become one."""


@check("shapes", "no errors")
def bottleneck_to_nothing(context: Context) -> Iterator[Finding]:
    """Look at the layers that give one channel, and at who makes more of it."""
    found = [node for node in weighted_sums(context.plan) if _leaves_one(node)]
    if not found or _gives_back_what_enters(context.plan):
        return
    straits = set(context.dataflow.straits())
    last = max(index for index, node in enumerate(context.plan.nodes) if role(node) == "weighted sum")
    for node in filter(straits.__contains__, found):
        if context.plan.nodes[last] is node or context.dataflow.outputs == {node}:
            continue
        assert node.inputs[0].shape is not None
        message = (
            f"of {node.inputs[0].shape.channels} channels this {node.kind} leaves one, and all that follows "
            "sees nothing else"
        )
        yield warning("bottleneck-to-nothing", message, node, "Let it give more channels.")


def _leaves_one(node: Node) -> bool:
    x, y = node.inputs[0].shape, node.shape
    return x is not None and y is not None and y.channels == 1 and (x.channels or 0) >= _MANY


def _gives_back_what_enters(plan: Plan) -> bool:
    """Whether it is an autoencoder by its shapes."""
    entering = {value.shape for value in plan.inputs.values()}
    return any(output.value.shape in entering for output in plan.outputs)
