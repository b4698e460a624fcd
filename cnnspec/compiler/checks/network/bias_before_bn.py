"""A bias that the norm after it takes away again.

## bias-before-bn

A bias without effect (warning)

bn and instancenorm take each channel's mean away, and with it whatever the bias added; their own bias takes its
place (Ioffe & Szegedy, 2015, 3.2). It costs memory, no accuracy. Not told where other layers read the sum too.

```yaml
- conv: {out_channels: 8, kernel_size: 3}
- bn
- relu
```

Write `bias: false`.

```yaml
- conv: {out_channels: 8, kernel_size: 3, bias: false}
- bn
- relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning

_WITHOUT_MEAN = ("bn", "instancenorm")


@check("no errors")
def bias_before_bn(context: Context) -> Iterator[Finding]:
    """Look at who reads each weighted sum that has a bias."""
    for node in weighted_sums(context.plan):
        reader = context.dataflow.only_reader(node)
        if reader is None or reader.kind not in _WITHOUT_MEAN:
            continue
        if node.weights is not None and "bias" in node.weights.parameters:
            message = (
                f"the bias of this {node.kind} has no effect: {reader.kind} (line {reader.place.line}) takes "
                "the mean of each channel away"
            )
            yield warning("bias-before-bn", message, node, f"Write `bias: false` in {node.kind}.")
