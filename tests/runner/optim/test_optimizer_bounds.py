"""Arguments of optimizers are refused exactly where torch refuses them, or would stumble later."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from cnnspec.core.errors import Reject
from cnnspec.settings.optimizers import OPTIMIZERS

BOUNDS = {
    "lr": (-1e-9, 0.0, 1.0), "weight_decay": (-1e-9, 0.0, 1.0), "momentum": (-1e-9, 0.0, 0.9),
    "betas": ((-0.1, 0.9), (0.9, 1.0), (1.0, 0.9), (0.0, 0.0), (0.9, 0.999)), "eps": (-1e-9, 0.0, 1e-3),
    "rho": (-0.1, 0.0, 1.0, 1.1), "lr_decay": (-0.1, 0.0), "initial_accumulator_value": (-0.1, 0.0, 1.0),
    "alpha": (0.0, 0.5), "momentum_decay": (-0.1, 0.0), "beta2_decay": (0.1, 0.0, -1.0), "d": (0.9, 1.0, 2.0),
    "etas": ((0.0, 1.2), (0.5, 1.0), (1.0, 1.2), (0.5, 0.9), (0.9, 1.1)), "ns_steps": (1, 5),
    "adjust_lr_fn": (None, "original", "match_rms_adamw", "spectral_unclamped", "other"),
}  # fmt: skip


ADAFACTOR_EPS = ((None, -1e-9), (-1e-9, 1e-3), (None, 0.0), (0.0, 1e-3))


CASES = [
    (name, key, value)
    for name in OPTIMIZERS
    for key, values in (BOUNDS | ({"eps": ADAFACTOR_EPS} if name == "adafactor" else {})).items()
    if key in OPTIMIZERS[name].model_fields
    for value in values
    if (name, key, value) != ("muon", "eps", -1e-9)  # which torch takes
]


def taken(make):
    try:
        make()
    except (ValidationError, Reject, ValueError, RuntimeError):
        return False
    return True


def ours_made(name, **arguments):
    OPTIMIZERS[name](**arguments).consistent()


@pytest.mark.parametrize(("name", "key", "value"), CASES, ids=str)
def test_a_value_is_refused_exactly_where_torch_refuses_it(name, key, value):
    kind = getattr(torch.optim, OPTIMIZERS[name].__name__)
    theirs = taken(lambda: kind([nn.Parameter(torch.zeros(1, 1))], **{key: value}))
    assert theirs == taken(lambda: ours_made(name, **{key: value}))


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "adagrad"])
@pytest.mark.parametrize("fused", [None, False, True])
@pytest.mark.parametrize("foreach", [None, False, True])
def test_implementations_exclude_each_other_as_in_torch(name, fused, foreach):
    kind = getattr(torch.optim, OPTIMIZERS[name].__name__)
    theirs = taken(lambda: kind([nn.Parameter(torch.zeros(1))], fused=fused, foreach=foreach))
    assert theirs == taken(lambda: ours_made(name, fused=fused, foreach=foreach))


@pytest.mark.parametrize(
    ("name", "arguments", "code", "field"),
    [
        ("sgd", {"nesterov": True}, "nesterov-without-momentum", "nesterov"),
        (
            "sgd",
            {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
            "nesterov-with-dampening",
            "dampening",
        ),
        ("adamw", {"fused": True, "foreach": True}, "fused-with-foreach", "fused"),
        ("rprop", {"etas": (1.2, 0.5)}, "etas-without-one", "etas"),
    ],
)
def test_what_contradicts_itself_is_refused_as_torch_does(name, arguments, code, field):
    with pytest.raises(Reject) as caught:
        ours_made(name, **arguments)
    assert (code, field) == (caught.value.code, caught.value.field)
    kind = getattr(torch.optim, OPTIMIZERS[name].__name__)
    assert not taken(lambda: kind([nn.Parameter(torch.zeros(1))], **arguments))


def test_rprops_shortest_step_is_not_above_its_longest_which_torch_would_take():
    with pytest.raises(Reject) as caught:
        ours_made("rprop", step_sizes=(1.0, 0.1))
    assert ("bounds-swapped", "step_sizes") == (caught.value.code, caught.value.field)
    assert "Write step_sizes: [0.1, 1]." == caught.value.hint
    ours_made("rprop", step_sizes=(0.1, 0.1))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("adam", {"betas": [0.9]}),
        ("adam", {"lr": True}),
        ("adam", {"lr": "0.1"}),
        ("adam", {"lr": float("nan")}),
        ("adam", {"decay": "norms"}),
        ("rprop", {"weight_decay": 0.1}),
        ("asgd", {"lambd": -0.1}),
        ("asgd", {"alpha": 1.1}),
        ("muon", {"foreach": True}),
        ("muon", {"ns_steps": 100}),
        ("muon", {"ns_steps": 0}),
        ("muon", {"ns_coefficients": [1, 2]}),
        ("adamax", {"fused": True}),
        ("adafactor", {"eps": [1e-3]}),
        ("rmsprop", {"alpha": 1.0}),
        ("rmsprop", {"alpha": 1.5}),
        ("rmsprop", {"momentum": 1.0}),
        ("sgd", {"momentum": 1.0}),
        ("sgd", {"momentum": 0.9, "dampening": 1.0}),
        ("sgd", {"momentum": 0.9, "dampening": -0.1}),
        ("muon", {"momentum": 1.0}),
        ("asgd", {"t0": -1.0}),
    ],
)
def test_what_torch_would_stumble_over_later_is_refused(name, arguments):
    with pytest.raises(ValidationError):
        OPTIMIZERS[name].model_validate(arguments)


@pytest.mark.parametrize("arguments", [{"lambd": -1.0}, {"alpha": -1.0}, {"alpha": 1e300}])
def test_asgd_refuses_powers_that_are_no_numbers_or_overflow(arguments):
    with pytest.raises(ValidationError):
        OPTIMIZERS["asgd"](**arguments)
