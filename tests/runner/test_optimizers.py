"""Optimizers: torch's, with its arguments, defaults and bounds, and its steps to the last bit."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from cnnspec.backend.build import build
from cnnspec.compiler.check import check_text
from cnnspec.core.errors import UserError
from cnnspec.core.reject import Reject
from cnnspec.library.specs import check
from cnnspec.runner.optim.optimizer import optimizer
from cnnspec.runner.optim.without_dynamo import quiet
from cnnspec.settings.optimizers import OPTIMIZERS
from tests.runner.small_net import backward, batches, differing, matrices, small_net

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


def trained(net, made):
    for images, labels in batches():
        backward(net, images, labels)
        made.step()
        made.zero_grad()
    return net


def ours_for(config, net):
    """The optimizer that `config` says."""
    return optimizer(config, net, matrices(net))


def test_every_first_order_optimizer_of_torch_for_dense_gradients_is_there():
    theirs = {
        name
        for name, kind in vars(torch.optim).items()
        if inspect.isclass(kind)
        and issubclass(kind, torch.optim.Optimizer)
        and kind is not torch.optim.Optimizer
    }
    ours = {OPTIMIZERS[name].torch: name for name in OPTIMIZERS}
    assert theirs - NOT_FIRST_ORDER - NOT_DENSE == set(ours)
    assert {kind.lower(): name for kind, name in ours.items()} == {name: name for name in OPTIMIZERS}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_arguments_and_defaults_are_torchs(name):
    parameters = inspect.signature(getattr(torch.optim, OPTIMIZERS[name].torch)).parameters
    theirs = {key: p.default for key, p in parameters.items() if key not in NOT_OURS}
    ours = {key: value for key, value in OPTIMIZERS[name]().model_dump().items() if key not in NOT_TORCHS}
    assert theirs == ours


def test_adamws_part_of_muon_has_adamws_defaults():
    muon, adamw = OPTIMIZERS["muon"]().model_dump(), OPTIMIZERS["adamw"]().model_dump()
    assert {key: adamw[key.removeprefix("adamw_")] for key in muon if key.startswith("adamw_")} == {
        key: value for key, value in muon.items() if key.startswith("adamw_")
    }


@pytest.mark.parametrize(("name", "arguments"), GIVEN, ids=str)
def test_steps_are_torchs_to_the_last_bit(name, arguments):
    ours, theirs = small_net(), small_net()
    trained(ours, ours_for(OPTIMIZERS[name](**arguments), ours))
    trained(theirs, getattr(torch.optim, OPTIMIZERS[name].torch)(theirs.parameters(), **arguments))
    assert [] == differing(theirs, ours)
    assert differing(small_net(), ours) != []


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "rprop"])
def test_weights_decay_in_matrices_alone_if_asked(name):
    ours, theirs = small_net(), small_net()
    config = OPTIMIZERS[name](weight_decay=0.5, decay="matrices")
    trained(ours, ours_for(config, ours))
    groups = [
        {"params": [weight for weight in theirs.parameters() if weight.ndim > 1]},
        {"params": [weight for weight in theirs.parameters() if weight.ndim == 1], "weight_decay": 0},
    ]
    trained(theirs, getattr(torch.optim, config.torch)(groups, weight_decay=0.5))
    assert [] == differing(theirs, ours)


def test_a_frozen_weight_is_not_moved():
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3).requires_grad_(requires_grad=False))
    (decaying, still) = ours_for(OPTIMIZERS["adamw"](decay="matrices"), net).param_groups
    assert [net[0].weight] == decaying["params"]
    assert [net[0].bias] == still["params"]


def test_a_group_that_would_be_empty_is_left_out():
    config = OPTIMIZERS["adamw"](decay="matrices")
    assert [0.01] == [
        group["weight_decay"] for group in ours_for(config, nn.Linear(3, 2, bias=False)).param_groups
    ]
    assert [0.0] == [group["weight_decay"] for group in ours_for(config, nn.BatchNorm2d(3)).param_groups]


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
    trained(ours, ours_for(OPTIMIZERS["muon"](**config), ours))
    assert [] == differing(muon_by_hand(small_net(), config), ours)


def test_muon_moves_weights_that_lie_channels_last_too():
    ours, other = small_net(channels_last=True), small_net()
    trained(ours, ours_for(OPTIMIZERS["muon"](lr=0.02), ours))
    trained(other, ours_for(OPTIMIZERS["muon"](lr=0.02), other))
    assert (ours[3].weight.detach() - small_net()[3].weight.detach()).abs().max() > 0.02
    # the matrix product runs in bfloat16, and in another order
    torch.testing.assert_close(ours[3].weight, other[3].weight, atol=0.02, rtol=0)
    assert ours[3].weight.is_contiguous(memory_format=torch.channels_last)


def test_muon_reads_a_gradient_however_it_lies():
    one, other = small_net(channels_last=True), small_net(channels_last=True)
    made = [ours_for(OPTIMIZERS["muon"](), net) for net in (one, other)]
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
    muon, decaying, still = ours_for(config, net).param_groups
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
    assert [1, 2] == [len(group["params"]) for group in ours_for(OPTIMIZERS["muon"](), net).param_groups]


def test_a_network_without_weights_is_told():
    with pytest.raises(UserError, match="the network has no weights to train"):
        ours_for(OPTIMIZERS["sgd"](), nn.ReLU())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_training_goes_on_from_a_state_as_if_it_had_not_stopped(name):
    config, whole, first = OPTIMIZERS[name](), small_net(), small_net()
    trained(whole, ours_for(config, whole))
    stopped = ours_for(config, first)
    for images, labels in batches()[:5]:
        backward(first, images, labels)
        stopped.step()
        stopped.zero_grad()
    second = small_net()
    second.load_state_dict(first.state_dict())
    resumed = ours_for(config, second)
    resumed.load_state_dict(stopped.state_dict())
    for images, labels in batches()[5:]:
        backward(second, images, labels)
        resumed.step()
        resumed.zero_grad()
    assert [] == differing(whole, second)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_scaler_scales_every_gradient_back(name):
    ours, theirs, scaler = small_net(), small_net(), torch.amp.GradScaler("cpu", init_scale=1024.0)
    made, plain = (ours_for(OPTIMIZERS[name](), net) for net in (ours, theirs))
    for images, labels in batches(2):
        scaler.scale(nn.functional.cross_entropy(ours(images), labels)).backward()
        scaler.step(made)
        scaler.update()
        made.zero_grad()
        backward(theirs, images, labels)
        plain.step()
        plain.zero_grad()
    assert [] == differing(theirs, ours)


FRESH = """
import json, sys
import torch
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.runner.optim.optimizer import optimizer
from cnnspec.runner.optim.schedule import Schedule
from tests.runner.small_net import backward, batches, matrices, small_net

loaded = []
for name in OPTIMIZERS:
    net = small_net()
    made = optimizer(OPTIMIZERS[name](), net, matrices(net))
    schedules = [Schedule(SCHEDULES[kind](), made, 2, 1) for kind in ("cosine", "one_cycle", "plateau")]
    for step, (images, labels) in enumerate(batches(2)):
        for schedule in schedules:
            schedule.before_step(step)
        backward(net, images, labels)
        made.step()
        made.zero_grad()
    made.load_state_dict(made.state_dict())
    loaded += [name] if "torch._dynamo" in sys.modules else []
print(json.dumps(loaded))
"""


def test_no_optimizer_imports_dynamo_which_takes_a_second():
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True)
    assert [] == json.loads(done.stdout)


def test_a_quiet_optimizer_is_torchs_class_in_all_else():
    made = quiet(torch.optim.AdamW)([nn.Parameter(torch.ones(2))])
    assert isinstance(made, torch.optim.AdamW)
    assert "AdamW" == type(made).__name__
    assert quiet(torch.optim.AdamW) is type(made)
    assert "AdamW (\nParameter Group 0" in repr(made)


def test_a_step_forbids_gradients_and_calls_hooks():
    net = small_net()
    made, seen = ours_for(OPTIMIZERS["sgd"](), net), []
    made.register_step_post_hook(lambda *_: seen.append(torch.is_grad_enabled()))
    backward(net, *batches(1)[0])
    made.step()
    assert [True] == seen
    assert [] == [name for name, weight in net.named_parameters() if weight.grad_fn is not None]


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
    kind = getattr(torch.optim, OPTIMIZERS[name].torch)
    theirs = taken(lambda: kind([nn.Parameter(torch.zeros(1, 1))], **{key: value}))
    assert theirs == taken(lambda: ours_made(name, **{key: value}))


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "adagrad"])
@pytest.mark.parametrize("fused", [None, False, True])
@pytest.mark.parametrize("foreach", [None, False, True])
def test_implementations_exclude_each_other_as_in_torch(name, fused, foreach):
    kind = getattr(torch.optim, OPTIMIZERS[name].torch)
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
    kind = getattr(torch.optim, OPTIMIZERS[name].torch)
    assert not taken(lambda: kind([nn.Parameter(torch.zeros(1))], **arguments))


def test_rprops_shortest_step_is_not_above_its_longest_which_torch_would_take():
    with pytest.raises(Reject) as caught:
        ours_made("rprop", step_sizes=(1.0, 0.1))
    assert ("bounds-swapped", "step_sizes") == (caught.value.code, caught.value.field)
    assert "Write step_sizes: [0.1, 1]." == caught.value.hint
    ours_made("rprop", step_sizes=(0.1, 0.1))


def test_muon_keeps_no_gradient_after_its_step():
    net = small_net()
    made = ours_for(OPTIMIZERS["muon"](), net)
    backward(net, *batches(1)[0])
    made.step()
    assert [None, None] == [view.grad for view in made._views]


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


def test_it_steps_a_compiled_network_too_to_the_last_bit():
    nets = [small_net(), small_net()]
    for net, kind in zip(nets, (torch.optim.SGD, quiet(torch.optim.SGD)), strict=True):
        made = kind(net.parameters(), lr=0.1)
        trained(torch.compile(net, backend="eager"), made)
    assert [] == differing(*nets)


@pytest.mark.parametrize("arguments", [{"lambd": -1.0}, {"alpha": -1.0}, {"alpha": 1e300}])
def test_asgd_refuses_powers_that_are_no_numbers_or_overflow(arguments):
    with pytest.raises(ValidationError):
        OPTIMIZERS["asgd"](**arguments)


def test_a_weight_without_a_gradient_stays_as_it_is_with_muon_too():
    net, before = small_net(), small_net()
    made = ours_for(OPTIMIZERS["muon"](), net)
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
    trained(ours, ours_for(OPTIMIZERS["muon"](lr=0.02), ours))
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
