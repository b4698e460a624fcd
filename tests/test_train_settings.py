"""data:, train:, optimizer and loss: torch's names and defaults, and what they refuse."""

import inspect

import pytest
import torch
from pydantic import ValidationError

from cnnspec.core.reject import Reject
from cnnspec.language.choice import OneOf
from cnnspec.language.datasets import DATA
from cnnspec.language.losses import LOSSES
from cnnspec.language.optimizers import OPTIMIZERS, Adam, AdamW, Sgd
from cnnspec.language.published import Mnist
from cnnspec.language.training import Train
from cnnspec.train.optim import LOSSES as TORCH_LOSSES
from cnnspec.train.optim import OPTIMIZERS as TORCH_OPTIMIZERS

LEFT_OUT = {"params", "differentiable", "capturable"}
TABLES = {**DATA, **OPTIMIZERS, **LOSSES, "train": Train}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_torchs_arguments_and_defaults(name):
    config = OPTIMIZERS[name]
    parameters = inspect.signature(TORCH_OPTIMIZERS[config]).parameters
    expected = {key: p.default for key, p in parameters.items() if key not in LEFT_OUT}
    assert expected == config().model_dump()


def test_every_optimizer_and_loss_is_one_of_torchs():
    assert set(OPTIMIZERS.values()) == set(TORCH_OPTIMIZERS)
    assert set(LOSSES.values()) == set(TORCH_LOSSES)
    assert [kind.__name__ for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW)] == [
        kind.__name__ for kind in TORCH_OPTIMIZERS.values()
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_argument_is_described(name):
    assert [key for key, field in TABLES[name].model_fields.items() if not field.description] == []


REFUSED = [
    (Train, {"epochs": 0}),
    (Train, {"epochs": True}),
    (Train, {"epochs": 2.5}),
    (Train, {"batch_size": -1}),
    (Train, {"validation": 1}),
    (Train, {"validation": -0.1}),
    (Train, {"seed": -1}),
    (Train, {"seed": 2**63}),
    (Train, {"device": "gpu"}),
    (Train, {"device": "cuda:"}),
    (Train, {"device": "cpu\n"}),
    (Train, {"unknown": 1}),
    (Sgd, {"lr": -0.1}),
    (Sgd, {"lr": float("nan")}),
    (Sgd, {"lr": float("inf")}),
    (Sgd, {"lr": "0.1"}),
    (Sgd, {"lr": True}),
    (Sgd, {"momentum": -1}),
    (Adam, {"betas": [0.9]}),
    (Adam, {"betas": [0.9, 1]}),
    (Adam, {"eps": -1e-9}),
    (Mnist, {"root": ""}),
    (Mnist, {"download": 1}),
]


@pytest.mark.parametrize(("config", "arguments"), REFUSED)
def test_a_value_out_of_its_bounds_is_refused(config, arguments):
    with pytest.raises(ValidationError):
        config.model_validate(arguments)


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:11"])
def test_a_device_has_torchs_name(device):
    assert device == Train(device=device).device


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        (Sgd(nesterov=True), "nesterov-without-momentum", "nesterov"),
        (Sgd(nesterov=True, momentum=0.9, dampening=0.1), "nesterov-with-dampening", "dampening"),
        (Sgd(fused=True, foreach=True), "fused-with-foreach", "fused"),
        (AdamW(fused=True, foreach=True), "fused-with-foreach", "fused"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused_as_torch_does(config, code, field):
    with pytest.raises(Reject) as caught:
        config.consistent()
    assert (code, field) == (caught.value.code, caught.value.field)
    with pytest.raises((ValueError, RuntimeError)):
        TORCH_OPTIMIZERS[type(config)]([torch.zeros(1, requires_grad=True)], **config.model_dump())


@pytest.mark.parametrize("config", [Sgd(nesterov=True, momentum=0.9), Adam(fused=True), AdamW(foreach=True)])
def test_arguments_that_suit_each_other_are_taken_as_torch_does(config):
    config.consistent()
    TORCH_OPTIMIZERS[type(config)]([torch.zeros(1, requires_grad=True)], **config.model_dump())


def test_a_field_that_is_written_like_an_item_says_what_may_be_written():
    assert OneOf("optimizer", OPTIMIZERS) in Train.model_fields["optimizer"].metadata
    assert OneOf("loss", LOSSES) in Train.model_fields["loss"].metadata
