"""What an optimizer's declaration says of torch's class: its arguments, and which part of them is for what."""

from __future__ import annotations

from cnnspec.settings.optimizers import OPTIMIZERS


def test_the_arguments_of_an_optimizer_are_those_of_torchs_class():
    assert {"lr": 0.5, "rho": 0.9, "eps": 1e-6}.items() <= OPTIMIZERS["adadelta"](
        lr=0.5
    ).torch_arguments().items()


def test_which_weights_decay_is_no_argument_of_torchs_class():
    given = OPTIMIZERS["adamw"](weight_decay=0.1, decay="matrices").torch_arguments()
    assert (0.1, False) == (given["weight_decay"], "decay" in given)


def test_an_optimizer_for_hidden_matrices_has_arguments_for_the_one_that_moves_the_rest():
    muon = OPTIMIZERS["muon"](lr=0.02, adamw_lr=0.003)
    assert (0.02, 0.003) == (muon.torch_arguments()["lr"], muon.rest_arguments()["lr"])
    assert not any(name.startswith("adamw_") for name in (*muon.torch_arguments(), *muon.rest_arguments()))


def test_an_optimizer_without_decay_has_all_its_arguments():
    for name in OPTIMIZERS:
        assert "lr" in OPTIMIZERS[name]().torch_arguments()
