"""Two layers in a row whose weights all start as one number.

## constant-start

Weights that all start alike (warning)

Where two layers in a row start with equal weights, all their channels compute the same and get the same gradient, and of
zeros none at all: the network learns as if it had one channel, or nothing (Goodfellow et al., 2016, 8.4). One such layer alone,
as the last of a residual branch or of the network, is not told.

```yaml
- flatten
- {linear: 32, init: zeros}
- relu
- {linear: 10, init: zeros}
```

Leave init out, or take an initialiser that draws, such as kaiming_normal.

```yaml
- flatten
- {linear: 32, init: kaiming_normal}
- relu
- {linear: 10, init: zeros}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import role, sources, weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node

_CONSTANT = ("zeros", "ones", "constant")


@check("shapes", "no errors")
def constant_start(context: Context) -> Iterator[Finding]:
    """Look for the layer before each, past what has no weights."""
    if not context.plan.init:
        return
    from cnnspec.layers.initialisers import INITIALISERS  # noqa: PLC0415 -- imported only by networks with an `init`

    alike = {
        start.parameter
        for start in context.plan.init
        if INITIALISERS.name_of(type(start.initialiser)) in _CONSTANT
    }
    before_each = sources(context.plan, _without_weights) if alike else {}
    for node in weighted_sums(context.plan) if alike else ():
        before = before_each[node.inputs[0]].node
        both = before is not None and {f"{node.path}.weight", f"{before.path}.weight"} <= alike
        if before is not None and both and role(before) == "weighted sum":
            message = (
                f"all weights of this {node.kind} start alike, and so do those of the {before.kind} before it (line "
                f"{before.place.line}): their channels never become different"
            )
            yield warning("constant-start", message, node, "Leave init out, or write kaiming_normal.")


def _without_weights(node: Node) -> bool:
    return len(node.inputs) == 1 and not node.params
