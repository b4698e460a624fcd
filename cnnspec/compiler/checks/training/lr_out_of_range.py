"""A learning rate far from all with which the optimizer is used.

## lr-out-of-range

The learning rate is far off (warning)

Too large, and the first steps throw the weights away; too small, and nothing moves. sgd is used up to about 3 (Smith &
Topin, 2018), adam and its kin up to about 0.01, as a step moves each weight by lr (Kingma & Ba, 2015). Told above 10 and
0.1, and below a ten-millionth.

```yaml
train: {optimizer: {sgd: {lr: 100}}}
```

Write a usual one: 0.1 for sgd, 0.001 for adam; `cnnspec tune lr` finds one.

```yaml
train: {optimizer: {sgd: {lr: 0.1}}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import TrainContext
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.settings.optimizers import OPTIMIZERS

_USUAL = {"sgd": 0.1}
"""Where torch's default is not what is usual with networks for images."""


@check("train")
def lr_out_of_range(context: TrainContext) -> Iterator[Finding]:
    """Compare lr with what the optimizer declares."""
    optimizer = context.train.optimizer
    least, most = optimizer.usual_lr
    if least <= optimizer.lr <= most:
        return
    name = OPTIMIZERS.name_of(type(optimizer))
    bound = (
        f"above {most:g} {name} throws the weights away"
        if optimizer.lr > most
        else "it moves next to nothing"
    )
    message = f"lr is {optimizer.lr:g}: {bound if optimizer.lr else 'no weight ever moves'}"
    hint = f"Write {_USUAL.get(name, type(optimizer)().lr):g}, say; `cnnspec tune lr` finds one."
    yield warning("lr-out-of-range", message, f"train.optimizer.{name}.lr", hint)
