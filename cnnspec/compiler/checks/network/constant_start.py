"""Two layers in a row whose weights all start as one number.

## constant-start

Weights that all start alike (warning)

Where two layers in a row start with equal weights, and the first with equal biases or none, its channels all compute the
same and get the same gradient; of zeros none at all (Goodfellow et al., 2016, 8.4). Not told of one such layer alone, as
the last of a residual branch or of the network, nor where biases are drawn, as torch does, or dropout lies between.

```yaml
- flatten
- {linear: 32, init: {weight: zeros, bias: zeros}}
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
    before_each = sources(context.plan, _keeps_channels_alike) if alike else {}
    for node in weighted_sums(context.plan) if alike else ():
        before = before_each[node.inputs[0]].node
        if before is not None and role(before) == "weighted sum" and _start_alike(before, node, alike):
            message = (
                f"this {node.kind} and the {before.kind} before it (line {before.place.line}) start with all weights "
                "alike: their channels never become different"
            )
            yield warning("constant-start", message, node, "Leave init out, or write kaiming_normal.")


def _start_alike(first: Node, second: Node, alike: set[str]) -> bool:
    held = [name for name, _ in first.state()]
    return alike.issuperset([*held, f"{second.path}.weight"])


def _keeps_channels_alike(node: Node) -> bool:
    """Whether channels that are equal stay so: no weights tell them apart, and no chance."""
    return len(node.inputs) == 1 and not node.params and role(node) != "dropout"
