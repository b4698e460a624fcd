"""From the words of a spec to torch's optimizers and losses, whose names and defaults they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from cnnspec.core.errors import UserError
from cnnspec.language import losses, optimizers

Criterion = Callable[[Tensor, Tensor], Tensor]

OPTIMIZERS: Mapping[type[optimizers.Optimizer], type[torch.optim.Optimizer]] = {
    optimizers.Sgd: torch.optim.SGD,
    optimizers.Adam: torch.optim.Adam,
    optimizers.AdamW: torch.optim.AdamW,
}
LOSSES: Mapping[type[losses.Loss], type[nn.Module]] = {losses.CrossEntropy: nn.CrossEntropyLoss}


def optimizer(config: optimizers.Optimizer, model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of torch for the model's weights. Raises UserError when there are none."""
    weights = list(model.parameters())
    if not weights:
        raise UserError("the network has no weights to train")
    return OPTIMIZERS[type(config)](weights, **config.model_dump())


def loss(config: losses.Loss) -> Criterion:
    """The loss of torch: (scores_NK, labels_N) -> the mean over the batch."""
    return LOSSES[type(config)](**config.model_dump())
