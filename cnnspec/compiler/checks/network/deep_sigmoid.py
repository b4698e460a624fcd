"""Sigmoids in a row, each of which makes the gradient smaller.

## deep-sigmoid

The gradient vanishes in sigmoids (warning)

A sigmoid's slope is at most 1/4, so that little of the gradient comes through five of them (Hochreiter, 1998; Glorot &
Bengio, 2010). A norm between them, or a shortcut past them, begins the count anew; of branches the one with
the fewest counts.

```yaml
- flatten
- {layers: [linear: 64, sigmoid], repeat: 5}
- linear: 10
```

Write relu, or a bn before each sigmoid.

```yaml
- flatten
- {layers: [linear: 64, relu], repeat: 5}
- linear: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Value

_SIGMOIDS = ("sigmoid", "hardsigmoid")
_TOO_MANY = 5


@check("no errors")
def deep_sigmoid(context: Context) -> Iterator[Finding]:
    """Count them on the way that has the fewest, and tell of the first that is one too many."""
    if sum(node.kind in _SIGMOIDS for node in context.plan.nodes) < _TOO_MANY:
        return
    counts: dict[Value, int] = {}
    for node in context.plan.nodes:
        before = min(counts.get(value, 0) for value in node.inputs)
        counts[node] = 0 if role(node) == "norm" else before + (node.kind in _SIGMOIDS)
        if counts[node] == _TOO_MANY > before:
            message = (
                f"{_TOO_MANY} sigmoids in a row, with no norm between them and no shortcut past them: "
                f"of the gradient at most 1/{4**_TOO_MANY:,} comes through their slopes"
            )
            hint = "Write relu in place of sigmoid, or a bn before each."
            yield warning("deep-sigmoid", message, node, hint)
            return
