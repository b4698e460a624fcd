"""The optimizer of a spec for the weights of a module: torch's class, as the declaration says."""

from __future__ import annotations

import inspect
from collections.abc import Container, Sequence
from functools import cache
from typing import Any, cast

import torch
from torch import nn
from torch.optim import Optimizer

from cnnspec.core.errors import UserError
from cnnspec.runner.optim.hidden_matrices import HiddenMatricesOptimizer
from cnnspec.settings.optimizers import base

Weights = Sequence[nn.Parameter]


def torch_optimizer(config: base.Optimizer, model: nn.Module, matrices: Container[str]) -> Optimizer:
    """Torch's optimizer for the model's weights; `matrices` are the names of those that it sees as matrices.

    Raises UserError when there are none to move.
    """
    named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    if not named:
        raise UserError("the network has no weights to train")
    weights = [weight for _, weight in named]
    matrix_weights = [weight for name, weight in named if name in matrices]
    if isinstance(config, base.HiddenMatrices):
        return _hidden_matrices(config, weights, matrix_weights)
    groups = _parameter_groups(config, weights, matrix_weights)
    return _of_class(type(config).__name__, groups, config.torch_arguments())


def _hidden_matrices(config: base.HiddenMatrices, weights: Weights, matrices: Weights) -> Optimizer:
    """One for all matrices but the first and the last (Jordan et al., 2024), another for the rest."""
    hidden = matrices[1:-1]
    assert hidden, "a check of the spec tells where there are none"
    groups = _parameter_groups(config, _without(weights, hidden), matrices)
    optimizer: Optimizer = without_dynamo(HiddenMatricesOptimizer)(
        hidden,
        lambda views: _of_class(type(config).__name__, views, config.torch_arguments()),
        _of_class(config.rest, groups, config.rest_arguments()),
    )
    return optimizer


def _of_class(name: str, weights: Weights | list[dict[str, Any]], arguments: dict[str, Any]) -> Optimizer:
    """The class of this name in torch.optim."""
    optimizer: Optimizer = without_dynamo(getattr(torch.optim, name))(weights, **arguments)
    return optimizer


def _parameter_groups(config: base.Optimizer, weights: Weights, matrices: Weights) -> list[dict[str, Any]]:
    """The matrices, which decay, and the others, which don't; or all as one, where all do."""
    if not isinstance(config, base.Decaying) or config.decay == "all":
        return [{"params": list(weights)}]
    others = _without(weights, matrices)
    groups: list[dict[str, Any]] = [
        {"params": _without(weights, others)},
        {"params": others, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def _without(weights: Weights, excluded: Weights) -> list[nn.Parameter]:
    numbers = {id(weight) for weight in excluded}
    return [weight for weight in weights if id(weight) not in numbers]


# Classes without torch._dynamo, whose import takes a second


_DECORATED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


@cache
def without_dynamo(kind: type[Optimizer]) -> Any:
    """The same class, to be called as it is, but without the decorators."""
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in _DECORATED}
    # one of step's decorators forbade gradients
    step = torch.no_grad()(inspect.unwrap(kind.step))
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return cast("type[Optimizer]", type(kind.__name__, (kind,), {**methods, **names, "step": step}))
