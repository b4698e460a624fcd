"""Muon: hidden matrices are its own, AdamW moves the rest, as if each were alone."""

from __future__ import annotations

import gc

import pytest
import torch
from torch import nn

from cnnspec.backend.build import build
from cnnspec.compiler.check import check_text
from cnnspec.library.specs import check
from cnnspec.settings.optimizers import OPTIMIZERS
from tests.runner.small_net import backward, batches, differing, matrices, optimizer_of, small_net, stepped


def test_adamws_part_of_muon_has_adamws_defaults():
    muon, adamw = OPTIMIZERS["muon"]().model_dump(), OPTIMIZERS["adamw"]().model_dump()
    assert {key: adamw[key.removeprefix("adamw_")] for key in muon if key.startswith("adamw_")} == {
        key: value for key, value in muon.items() if key.startswith("adamw_")
    }


def muon_by_hand(net, config):
    """The conv and the linear layer in the middle are matrices: copied, moved by torch's Muon, copied back."""
    hidden = [net[3].weight, net[6].weight]
    copies = [nn.Parameter(weight.detach().flatten(1).clone()) for weight in hidden]
    rest = [weight for weight in net.parameters() if all(weight is not one for one in hidden)]
    muon = torch.optim.Muon(copies, **config)
    adamw = torch.optim.AdamW(rest)
    for images, labels in batches():
        backward(net, images, labels)
        for weight, copy in zip(hidden, copies, strict=True):
            copy.grad = weight.grad.flatten(1)
        muon.step()
        adamw.step()
        with torch.no_grad():
            for weight, copy in zip(hidden, copies, strict=True):
                weight.copy_(copy.view(weight.shape))
        net.zero_grad()
    return net


@pytest.mark.parametrize(
    "config",
    [
        {},
        {
            "lr": 0.02,
            "weight_decay": 0.01,
            "momentum": 0.9,
            "nesterov": False,
            "adjust_lr_fn": "match_rms_adamw",
        },
        {
            "ns_coefficients": (2.0, -1.5, 0.5),
            "ns_steps": 3,
            "eps": 1e-5,
            "adjust_lr_fn": "spectral_unclamped",
        },
    ],
)
def test_muon_moves_hidden_matrices_and_adamw_the_rest_to_the_last_bit(config):
    ours = small_net()
    stepped(ours, optimizer_of(OPTIMIZERS["muon"](**config), ours))
    assert [] == differing(muon_by_hand(small_net(), config), ours)


def test_muon_moves_weights_that_lie_channels_last_too():
    ours, other = small_net(channels_last=True), small_net()
    stepped(ours, optimizer_of(OPTIMIZERS["muon"](lr=0.02), ours))
    stepped(other, optimizer_of(OPTIMIZERS["muon"](lr=0.02), other))
    assert (ours[3].weight.detach() - small_net()[3].weight.detach()).abs().max() > 0.02
    # the matrix product runs in bfloat16, and in another order
    torch.testing.assert_close(ours[3].weight, other[3].weight, atol=0.02, rtol=0)
    assert ours[3].weight.is_contiguous(memory_format=torch.channels_last)


def test_muon_reads_a_gradient_however_it_lies():
    one, other = small_net(channels_last=True), small_net(channels_last=True)
    made = [optimizer_of(OPTIMIZERS["muon"](), net) for net in (one, other)]
    for net in (one, other):
        backward(net, *batches(1)[0])
    other[3].weight.grad = other[3].weight.grad.contiguous()
    for each in made:
        each.step()
    assert [] == differing(one, other)


def test_muons_adamw_has_arguments_of_its_own_and_matrices_alone_may_decay():
    net = small_net()
    config = OPTIMIZERS["muon"](
        lr=0.3, weight_decay=0.2, decay="matrices", adamw_lr=0.1, adamw_betas=(0.5, 0.6), adamw_eps=1e-3,
        adamw_weight_decay=0.4,
    )  # fmt: skip
    muon, decaying, still = optimizer_of(config, net).param_groups
    assert (0.3, 0.2, 2) == (muon["lr"], muon["weight_decay"], len(muon["params"]))
    assert (0.1, (0.5, 0.6), 1e-3, 0.4) == tuple(
        decaying[key] for key in ("lr", "betas", "eps", "weight_decay")
    )
    assert [net[0].weight, net[8].weight] == decaying["params"]
    assert (0.1, 0.0, 6) == (still["lr"], still["weight_decay"], len(still["params"]))


ODD = """
cnnspec: 1
input: [4, 6, 6]
layers:
  - {scale: {}, name: gamma}
  - {layernorm: {axis: [0, 1, 2]}, name: layernorm}
  - {rmsnorm: {axis: [1, 2]}, name: rmsnorm}
  - {conv: {out_channels: 4, kernel_size: 1, groups: 4}, name: single}
  - {conv: {out_channels: 4, kernel_size: 3, groups: 4}, name: depthwise}
  - flatten
  - {linear: 3, name: linear}
"""


def test_weights_that_scale_single_values_are_no_matrices():
    plan = check_text(ODD).plan
    assert plan is not None
    assert {"depthwise.weight", "linear.weight"} == plan.matrices


@pytest.mark.parametrize("name", ["mnist", "fashion_small", "convnext", "mobilenet_v2", "regnet"])
def test_a_plan_knows_the_matrices_of_its_module(name):
    plan = check(name).plan
    assert plan is not None
    with torch.device("meta"):
        module = build(plan)
    assert set(matrices(module)) == plan.matrices


def test_muon_of_a_network_that_is_hidden_matrices_but_for_its_ends():
    net = nn.Sequential(*(nn.Linear(3, 3, bias=False) for _ in range(3)))
    assert [1, 2] == [len(group["params"]) for group in optimizer_of(OPTIMIZERS["muon"](), net).param_groups]


def test_muon_keeps_no_gradient_after_its_step():
    net = small_net()
    muon = optimizer_of(OPTIMIZERS["muon"](), net)
    backward(net, *batches(1)[0])
    muon.step()
    muon.zero_grad()
    parameters = [value for value in gc.get_objects() if type(value) is nn.Parameter]
    assert len(parameters) > len(list(net.parameters()))
    assert {None} == {parameter.grad for parameter in parameters}


def test_a_weight_without_a_gradient_stays_as_it_is_with_muon_too():
    net, before = small_net(), small_net()
    made = optimizer_of(OPTIMIZERS["muon"](), net)
    made.step()
    assert [] == differing(before, net)
    backward(net, *batches(1)[0])
    net[3].weight.grad = net[0].weight.grad = None
    made.step()
    differ = differing(before, net)
    assert "6.weight" in differ
    assert not {"0.weight", "3.weight"} & set(differ)


def test_muon_sees_a_filter_that_lies_channels_last_as_a_row_with_its_channels_innermost():
    ours, theirs = small_net(channels_last=True), small_net(channels_last=True)
    stepped(ours, optimizer_of(OPTIMIZERS["muon"](lr=0.02), ours))
    conv, linear = theirs[3].weight, theirs[6].weight
    rows = nn.Parameter(conv.detach().permute(0, 2, 3, 1).flatten(1).clone())
    hidden = {id(conv), id(linear)}
    muon = torch.optim.Muon([rows, linear], lr=0.02)
    adamw = torch.optim.AdamW([weight for weight in theirs.parameters() if id(weight) not in hidden])
    for images, labels in batches():
        backward(theirs, images, labels)
        rows.grad = conv.grad.permute(0, 2, 3, 1).flatten(1)
        muon.step()
        adamw.step()
        with torch.no_grad():
            conv.copy_(rows.view(5, 3, 3, 6).permute(0, 3, 1, 2))
        theirs.zero_grad()
    assert [] == differing(theirs, ours)
