"""Layers whose values no output depends on.

## dead-node

No output depends on the layer (warning)

Its weights get no gradient, and its work is for nothing: most often a `from` passes it by, or `output` leaves it
out. What stands for training alone belongs under `output` with `only: train`.

```yaml
- {conv: {out_channels: 8, kernel_size: 3}, name: stem}
- {conv: {out_channels: 8, kernel_size: 3}, name: lost}
- {relu, from: stem}
```

Let a later item or an output use it, or take it out.

```yaml
- {conv: {out_channels: 8, kernel_size: 3}, name: stem}
- {conv: {out_channels: 8, kernel_size: 3}, name: found}
- {relu, from: found}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.core.plural import plural


@check("shapes", "no errors")
def dead_node(context: Context) -> Iterator[Finding]:
    """Look for those that nothing reads; what they alone depend on is told with them."""
    used = context.dataflow.used()
    dead = [node for node in context.plan.nodes if node not in used]
    ends = [node for node in dead if node not in context.dataflow.readers]
    weights = sum(node.params for node in dead)
    for node in ends:
        message = f"no output depends on this {node.kind}"
        if weights and len(ends) == 1:
            message += f": {plural(weights, 'parameter')} are never trained"
        hint = "Let a later item or an output use it, or take it out."
        yield warning("dead-node", message, node, hint)
