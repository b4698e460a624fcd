"""Optimizers: torch's, with its arguments and defaults, and its steps to the last bit."""

from __future__ import annotations

import inspect

import pytest
import torch
from torch import nn

from cnnspec.core.errors import UserError
from cnnspec.settings.optimizers import OPTIMIZERS
from tests.runner.small_net import backward, batches, differing, optimizer_of, small_net, stepped

NOT_OURS = {"params", "differentiable", "capturable"}


NOT_TORCHS = {"decay", "adamw_lr", "adamw_betas", "adamw_eps", "adamw_weight_decay"}


NOT_FIRST_ORDER = {"LBFGS"}


NOT_DENSE = {"SparseAdam"}


OTHERS = {
    "sgd": [
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "maximize": True, "foreach": True},
        {"lr": 0.1, "fused": True},
    ],
    "adam": [
        {"betas": (0.8, 0.9), "eps": 1e-6, "weight_decay": 0.1, "amsgrad": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True, "foreach": False},
        {"fused": True, "maximize": True},
    ],
    "adamw": [{"weight_decay": 0.3, "amsgrad": True}, {"fused": True}],
    "adamax": [{"betas": (0.5, 0.6), "eps": 1e-4, "weight_decay": 0.1, "foreach": True, "maximize": True}],
    "nadam": [{"momentum_decay": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}],
    "radam": [{"betas": (0.5, 0.6), "weight_decay": 0.1, "decoupled_weight_decay": True, "foreach": False}],
    "adafactor": [{"lr": 0.1, "beta2_decay": -0.5, "eps": (1e-8, 0.01), "d": 2.0, "weight_decay": 0.1}],
    "adadelta": [{"rho": 0.5, "eps": 1e-4, "weight_decay": 0.1, "maximize": True}],
    "adagrad": [
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-4},
        {"fused": True},
    ],
    "rmsprop": [{"alpha": 0.5, "momentum": 0.9, "centered": True, "weight_decay": 0.1, "eps": 1e-4}],
    "asgd": [{"lambd": 0.1, "alpha": 0.5, "t0": 3.0, "weight_decay": 0.1}],
    "rprop": [{"etas": (0.3, 2.0), "step_sizes": (1e-4, 0.5), "maximize": True, "foreach": False}],
}
"""Arguments other than the defaults, for each but muon."""


GIVEN = [(name, arguments) for name, others in OTHERS.items() for arguments in [{}, *others]]


def test_every_first_order_optimizer_of_torch_for_dense_gradients_is_there():
    theirs = {
        name
        for name, kind in vars(torch.optim).items()
        if inspect.isclass(kind)
        and issubclass(kind, torch.optim.Optimizer)
        and kind is not torch.optim.Optimizer
    }
    ours = {OPTIMIZERS[name].__name__: name for name in OPTIMIZERS}
    assert theirs - NOT_FIRST_ORDER - NOT_DENSE == set(ours)
    assert {kind.lower(): name for kind, name in ours.items()} == {name: name for name in OPTIMIZERS}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_arguments_and_defaults_are_torchs(name):
    parameters = inspect.signature(getattr(torch.optim, OPTIMIZERS[name].__name__)).parameters
    theirs = {key: p.default for key, p in parameters.items() if key not in NOT_OURS}
    ours = {key: value for key, value in OPTIMIZERS[name]().model_dump().items() if key not in NOT_TORCHS}
    assert theirs == ours


@pytest.mark.parametrize(("name", "arguments"), GIVEN, ids=str)
def test_steps_are_torchs_to_the_last_bit(name, arguments):
    ours, theirs = small_net(), small_net()
    stepped(ours, optimizer_of(OPTIMIZERS[name](**arguments), ours))
    stepped(theirs, getattr(torch.optim, OPTIMIZERS[name].__name__)(theirs.parameters(), **arguments))
    assert [] == differing(theirs, ours)
    assert differing(small_net(), ours) != []


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "rprop"])
def test_weights_decay_in_matrices_alone_if_asked(name):
    ours, theirs = small_net(), small_net()
    config = OPTIMIZERS[name](weight_decay=0.5, decay="matrices")
    stepped(ours, optimizer_of(config, ours))
    groups = [
        {"params": [weight for weight in theirs.parameters() if weight.ndim > 1]},
        {"params": [weight for weight in theirs.parameters() if weight.ndim == 1], "weight_decay": 0},
    ]
    stepped(theirs, getattr(torch.optim, type(config).__name__)(groups, weight_decay=0.5))
    assert [] == differing(theirs, ours)


def test_a_frozen_weight_is_not_moved():
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3).requires_grad_(requires_grad=False))
    (decaying, still) = optimizer_of(OPTIMIZERS["adamw"](decay="matrices"), net).param_groups
    assert [net[0].weight] == decaying["params"]
    assert [net[0].bias] == still["params"]


def test_a_group_that_would_be_empty_is_left_out():
    config = OPTIMIZERS["adamw"](decay="matrices")
    assert [0.01] == [
        group["weight_decay"] for group in optimizer_of(config, nn.Linear(3, 2, bias=False)).param_groups
    ]
    assert [0.0] == [group["weight_decay"] for group in optimizer_of(config, nn.BatchNorm2d(3)).param_groups]


def test_a_network_without_weights_is_told():
    with pytest.raises(UserError, match="the network has no weights to train"):
        optimizer_of(OPTIMIZERS["sgd"](), nn.ReLU())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_training_goes_on_from_a_state_as_if_it_had_not_stopped(name):
    config, whole, first = OPTIMIZERS[name](), small_net(), small_net()
    stepped(whole, optimizer_of(config, whole))
    stopped = optimizer_of(config, first)
    stepped(first, stopped, last=5)
    second = small_net()
    second.load_state_dict(first.state_dict())
    resumed = optimizer_of(config, second)
    resumed.load_state_dict(stopped.state_dict())
    stepped(second, resumed, first=5)
    assert [] == differing(whole, second)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_scaler_scales_every_gradient_back(name):
    ours, theirs, scaler = small_net(), small_net(), torch.amp.GradScaler("cpu", init_scale=1024.0)
    made, plain = (optimizer_of(OPTIMIZERS[name](), net) for net in (ours, theirs))
    for images, labels in batches(2):
        scaler.scale(nn.functional.cross_entropy(ours(images), labels)).backward()
        scaler.step(made)
        scaler.update()
        made.zero_grad()
        backward(theirs, images, labels)
        plain.step()
        plain.zero_grad()
    assert [] == differing(theirs, ours)
