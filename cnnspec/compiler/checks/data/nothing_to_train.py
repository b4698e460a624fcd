"""A network without weights: there is nothing to train.

## nothing-to-train

A network without weights

Training changes weights, and no layer here has any.

```yaml
cnnspec: 1
input: [10, 8, 8]
layers: [global_avgpool, flatten]
data: fake
```

Add a layer with weights, such as linear.

```yaml
cnnspec: 1
input: [10, 8, 8]
layers: [global_avgpool, flatten, linear: 10]
data: fake
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, error


@check("shapes", "train", "no errors")
def weights(context: DataContext) -> Iterator[Finding]:
    """Count the parameters."""
    if not context.plan.params:
        message = "the network has no weights: there is nothing to train"
        yield error("nothing-to-train", message, "train", "Add a layer with weights, such as `linear: 10`.")
