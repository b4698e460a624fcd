"""A linear layer on a large flattened map, which holds nearly all parameters of the network.

## huge-linear

Nearly all parameters are in one linear layer (warning)

On a flattened map a linear layer has a weight for each position of each channel: they cost memory and are learned by
heart (Lin et al., 2014). Told from 10 million weights and nine tenths of the network on. VGG, with three quarters in
its first linear layer, is below that, and so is a network of this layer alone.

```yaml
cnnspec: 1
input: [3, 224, 224]
layers: [conv: {out_channels: 16, kernel_size: 3}, relu, flatten, linear: 64, relu, linear: 10]
```

Shrink the map first, by pools, strides or global_avgpool.

```yaml
cnnspec: 1
input: [3, 224, 224]
layers: [conv: {out_channels: 16, kernel_size: 3}, relu, adaptive_avgpool: 4, flatten, linear: 64, relu, linear: 10]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import behind, role
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.plan import Node

_MANY = 10_000_000
_NEARLY_ALL = 0.9


@check("shapes", "no errors")
def huge_linear(context: Context) -> Iterator[Finding]:
    """Compare each large linear layer on a flattened map with the whole."""
    for node in context.plan.nodes:
        if node.kind != "linear" or node.params < _MANY or not _of_a_map(node):
            continue
        whole = context.plan.params
        if _NEARLY_ALL * whole <= node.params < whole:
            message = (
                f"{node.params:,} of the network's {whole:,} parameters are in this linear layer, "
                f"which takes {node.inputs[0].shape} values of a flattened map"
            )
            hint = "Shrink the map before it, by a pool, a stride or global_avgpool."
            yield warning("huge-linear", message, node, hint)


def _of_a_map(node: Node) -> bool:
    """Whether its input was laid in a row from several positions."""
    flat = behind(node.inputs[0], lambda node: role(node) == "dropout").node
    return flat is not None and flat.kind == "flatten" and flat.inputs[0].shape != flat.shape
