"""A dropout that leaves little: as a rule, the share to keep was written.

## dropout-too-high

Most values are dropped (warning)

`p` is the share that is dropped, as in torch; TensorFlow's first versions had the share to keep. The error rises
steeply where less than 0.4 of the values is kept (Srivastava et al., 2014, 7.3); 0.7, the most that is usual, is not told.

```yaml
- dropout: 0.9
```

Write a smaller p: 0.2 to 0.5.

```yaml
- dropout: 0.1
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role
from cnnspec.compiler.checks.interface import Finding, check, warning

_MOST = 0.7


@check()
def dropout_too_high(context: Context) -> Iterator[Finding]:
    """Look at each layer's p."""
    for node in context.plan.nodes:
        p = getattr(node.layer, "p", 0.0) if role(node) == "dropout" else 0.0
        if p > _MOST:
            message = (
                f"p is {p:g}: {node.kind} drops {'all' if p == 1 else f'{p:.3g} of all'} values in training"
            )
            kept = f"if {p:g} was to be kept, write {1 - p:.3g}; " if p < 1 else ""
            hint = f"Write 0.2 to 0.5; {kept}".rstrip("; ") + "."
            yield warning("dropout-too-high", message, node, hint)
