"""Two convolutions or linear layers with no activation between them, which are one.

## no-activation-between

Two layers that are one linear map (warning)

A weighted sum of weighted sums is a weighted sum: without an activation between them a network can do nothing that
one layer can't (Goodfellow et al., 2016, 6.1). Not told: groups, depthwise and kernels such as 1×3, which are meant to
split one filter; a value that others read too; fewer channels between than on both sides, as in MobileNetV2.

```yaml
- flatten
- linear: 50
- linear: 10
```

Write an activation between them, or leave the first out.

```yaml
- flatten
- linear: 50
- relu
- linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node


@check("no errors")
def no_activation_between(context: Context) -> Iterator[Finding]:
    """Follow the input of each back, through what is linear itself, to the one before."""
    for node in filter(_takes_all_channels, weighted_sums(context.plan)):
        before = context.dataflow.private_source(node, _linear_on_the_way)
        if before is None or not _takes_all_channels(before) or _narrow_between(before, node):
            continue
        message = (
            f"no activation between this {node.kind} and the {before.kind} of line {before.place.line}: "
            "together they are one linear map"
        )
        hint = "Write an activation between them, such as relu, or leave one of them out."
        yield warning("no-activation-between", message, node, hint)


def _linear_on_the_way(node: Node) -> bool:
    return node.layer is not None and node.layer.linear_map and node.layer.role != "weighted sum"


def _takes_all_channels(node: Node) -> bool:
    """Whether it is no part of a filter that is split up: neither groups nor a kernel along some axes alone."""
    if node.kind not in {"conv", "linear"} or node.weights is None or node.inputs[0].shape is None:
        return False
    _, channels, *kernel = node.weights.parameters["weight"]
    return channels == node.inputs[0].shape.channels and len(set(kernel)) <= 1


def _narrow_between(first: Node, second: Node) -> bool:
    """Whether fewer channels lie between than come in and go out; of a pointwise conv, no more than come in."""
    assert first.weights is not None and second.weights is not None
    between, come, *kernel = first.weights.parameters["weight"]
    go = second.weights.parameters["weight"][0]
    pointwise = bool(kernel) and set(kernel) == {1}
    return between < go and between < come + pointwise
