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
from cnnspec.compiler.checks.dataflow import role, sources
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node, Value

_DRAWS_NEGATIVES = ("alpha_dropout", "feature_alpha_dropout")


@check("no errors")
def activation_twice(context: Context) -> Iterator[Finding]:
    """Look at what gives each activation its input."""
    signs, equal = sources(context.plan, _keeps_signs), sources(context.plan, _lays_out)
    for node in context.plan.nodes:
        if role(node) == "activation":
            said = _without_effect(node, signs[node.inputs[0]]) or _repeated(node, equal[node.inputs[0]])
            if said:
                yield warning("activation-twice", said, node, f"Take this {node.kind} out.")


def _without_effect(node: Node, source: Value) -> str:
    """Why it changes nothing; empty where it does."""
    before = source.node
    if before is None or node.layer is None or before.layer is None:
        return ""
    if not (node.layer.keeps_positive and before.layer.never_negative):
        return ""
    return f"{node.kind} changes nothing: {before.kind} (line {before.place.line}) gave nothing negative"


def _repeated(node: Node, source: Value) -> str:
    """Which equal one is before it; empty where there is none."""
    before = source.node
    if before is None or before.layer != node.layer:
        return ""
    return f"{node.kind} of the {before.kind} of line {before.place.line}, with no weights between them"


def _keeps_signs(node: Node) -> bool:
    """Whether it gives nothing negative where nothing negative comes in."""
    return role(node) in {"layout", "pool", "dropout"} and node.kind not in _DRAWS_NEGATIVES


def _lays_out(node: Node) -> bool:
    return role(node) == "layout"
