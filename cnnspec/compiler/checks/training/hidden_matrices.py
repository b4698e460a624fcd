"""Optimizers that are made for hidden layers alone, of a network that has none.

## nothing-hidden

Muon without hidden layers

Muon moves the weights of convolutions and linear layers between the first and the last of them; AdamW moves
the rest. Here there is nothing between them.

```yaml
train: {optimizer: muon}
```

Take adamw, or a network with more layers.

```yaml
train: {optimizer: adamw}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.optimizers.base import HiddenMatrices

_FIRST_AND_LAST = 2


@check("shapes")
def hidden_matrices(context: TrainContext) -> Iterator[Finding]:
    """Count the weights that are matrices."""
    optimizer, found = context.train.optimizer, len(context.plan.matrices)
    if isinstance(optimizer, HiddenMatrices) and found <= _FIRST_AND_LAST:
        name = OPTIMIZERS.name_of(type(optimizer))
        message = (
            f"{name} moves the weights of layers between the first and the last with weights, "
            f"this network has {found} such layers in all"
        )
        yield error("nothing-hidden", message, "train.optimizer", "Write `optimizer: adamw`.")
