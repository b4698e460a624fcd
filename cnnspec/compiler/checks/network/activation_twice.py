"""An activation that changes nothing of what the one before it gave, or is the same one again.

## activation-twice

An activation of an activation (warning)

A relu of what is never negative changes nothing, also behind pools, dropout and flatten; of others, the second of
two equal ones bends what is bent already, with no weights between them to make use of it.

```yaml
- conv: {out_channels: 8, kernel_size: 3}
- relu
- maxpool: 2
- relu
```

Take the second out.

```yaml
- conv: {out_channels: 8, kernel_size: 3}
- relu
- maxpool: 2
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import behind, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node

_DRAWS_NEGATIVES = ("alpha_dropout", "feature_alpha_dropout")


@check()
def activation_twice(context: Context) -> Iterator[Finding]:
    """Look at what gives each activation its input."""
    for node in context.plan.nodes:
        if role(node) == "activation":
            said = _without_effect(node) or _repeated(node)
            if said:
                yield warning("activation-twice", said, node, f"Take this {node.kind} out.")


def _without_effect(node: Node) -> str:
    """Why it changes nothing; empty where it does."""
    before = behind(node.inputs[0], _keeps_signs).node
    if before is None or node.layer is None or before.layer is None:
        return ""
    if not (node.layer.keeps_positive and before.layer.never_negative):
        return ""
    return f"{node.kind} changes nothing: {before.kind} (line {before.place.line}) gave nothing negative"


def _repeated(node: Node) -> str:
    """Which equal one is before it; empty where there is none."""
    before = behind(node.inputs[0], lambda node: role(node) in {"layout", "dropout"}).node
    if before is None or before.layer != node.layer:
        return ""
    return f"{node.kind} of the {before.kind} of line {before.place.line}, with no weights between them"


def _keeps_signs(node: Node) -> bool:
    """Whether it gives nothing negative where nothing negative comes in."""
    return role(node) in {"layout", "pool", "dropout"} and node.kind not in _DRAWS_NEGATIVES
