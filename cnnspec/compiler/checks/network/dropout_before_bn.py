"""A dropout right before batch norm, which then learns the wrong variance.

## dropout-before-bn

Batch norm of what dropout left (warning)

In training dropout makes the variance larger than it is afterwards, and bn keeps that larger one for eval mode (Li et
al., 2019, "variance shift"). Told where nothing but activations, pools and flatten lies between.

```yaml
- flatten
- dropout: 0.5
- bn
- linear: 10
```

Put dropout behind the last bn.

```yaml
- flatten
- bn
- dropout: 0.5
- linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role, sources
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node

_BETWEEN = {"activation", "pool", "layout"}
_DROPOUTS = ("dropout", "dropout_channels")
"""The others keep the variance, or stand before an add."""


@check("no errors")
def dropout_before_bn(context: Context) -> Iterator[Finding]:
    """Look at what gives each bn its input."""
    before_each = sources(context.plan, _lies_between)
    for node in context.plan.nodes:
        before = before_each[node.inputs[0]].node if node.kind == "bn" else None
        if before is not None and before.kind in _DROPOUTS and getattr(before.layer, "p", 0.0) > 0:
            message = (
                f"bn learns the variance that {before.kind} (line {before.place.line}) makes in training, which is "
                "another one in eval mode"
            )
            yield warning("dropout-before-bn", message, node, f"Put {before.kind} behind bn.")


def _lies_between(node: Node) -> bool:
    return role(node) in _BETWEEN
