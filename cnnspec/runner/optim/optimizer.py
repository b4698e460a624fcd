"""The optimizer of a spec for the weights of a module."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from cnnspec.core.errors import UserError
from cnnspec.runner.optim.muon import MuonAndAdamW
from cnnspec.runner.optim.without_dynamo import quiet
from cnnspec.settings.optimizers import base
from cnnspec.settings.optimizers.others import Muon

_ADAMW = "adamw_"


def optimizer(config: base.Optimizer, model: nn.Module, matrices: Container[str]) -> Optimizer:
    """Torch's optimizer for the model's weights; `matrices` are the names of those that it sees as matrices.

    Raises UserError when there are none to move.
    """
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    if not weights:
        raise UserError("the network has no weights to train")
    found = [weight for name, weight in model.named_parameters() if name in matrices and weight.requires_grad]
    if isinstance(config, Muon):
        return _muon(config, weights, found)
    made: Optimizer = quiet(getattr(torch.optim, config.torch))(
        _groups(weights, found, config), **config.model_dump(exclude={"decay"})
    )
    return made


def _groups(
    weights: Sequence[nn.Parameter], found: Sequence[nn.Parameter], config: base.Optimizer
) -> list[dict[str, Any]]:
    """The matrices, which decay, and the others, which don't; or all as one, where all do."""
    if not isinstance(config, base.Decaying) or config.decay == "all":
        return [{"params": list(weights)}]
    decaying = {id(weight) for weight in found}
    still = _without(weights, decaying)
    moved = _without(weights, {id(weight) for weight in still})
    groups: list[dict[str, Any]] = [{"params": moved}, {"params": still, "weight_decay": 0.0}]
    return [group for group in groups if group["params"]]


def _muon(config: Muon, weights: Sequence[nn.Parameter], found: Sequence[nn.Parameter]) -> Optimizer:
    """Muon, for all matrices but the first and the last (Jordan et al., 2024)."""
    hidden = found[1:-1]
    assert hidden, "a check of the spec tells where there are none"
    arguments = config.model_dump(exclude={"decay"})
    adamw = {
        name.removeprefix(_ADAMW): arguments.pop(name) for name in [*arguments] if name.startswith(_ADAMW)
    }
    rest = _groups(_without(weights, {id(weight) for weight in hidden}), found, config)
    made: Optimizer = quiet(MuonAndAdamW)(hidden, rest, arguments, adamw)
    return made


def _without(weights: Sequence[nn.Parameter], those: Container[int]) -> list[nn.Parameter]:
    return [weight for weight in weights if id(weight) not in those]
