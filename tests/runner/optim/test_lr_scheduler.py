"""Schedules: the learning rates of torch's, to the last bit, with a warmup before them."""

from __future__ import annotations

import inspect
import math
from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler

from cnnspec.core.errors import Reject
from cnnspec.runner.optim.lr_scheduler import LRScheduler
from cnnspec.runner.optim.optimizer import torch_optimizer
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES, Constant, Cosine, Exponential, OneCycle, Plateau, StepDecay
from tests.runner.small_net import EPOCHS, STEPS, backward, batches, differing, matrices, small_net

TOTAL = EPOCHS * STEPS


def sgd(lr=0.1, **arguments):
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr, **arguments)


def rates(config, *, lr=0.1, epochs=EPOCHS, steps=STEPS):
    """Of each step."""
    made = sgd(lr)
    schedule, found = LRScheduler(config, made, epochs * steps, steps), []
    for step in range(epochs * steps):
        schedule.before_step(step)
        found.append(schedule.lr)
    return found


def torchs(make, steps=TOTAL, *, lr=0.1, every=1):
    """Of each step, by a scheduler that is stepped after every so many."""
    made = sgd(lr)
    scheduler, found = make(made), []
    for step in range(1, steps + 1):
        found.append(made.param_groups[0]["lr"])
        made.step()
        if step % every == 0:
            scheduler.step()
    return found


def closed(scheduler, steps):
    """torch's own closed form of a schedule, which is not what its step computes: that goes from rate to rate."""
    found = []
    for step in range(steps):
        scheduler.last_epoch = step
        found.append(scheduler._get_closed_form_lr()[0])
    return found


def test_constant_stays():
    assert [0.1] * TOTAL == rates(Constant())


@pytest.mark.parametrize("eta_min", [0.0, 0.003])
@pytest.mark.parametrize("steps", [1, 2, 12, 1000])
def test_cosine_is_torchs_closed_form_to_the_last_bit(eta_min, steps):
    ours = rates(Cosine(eta_min=eta_min), epochs=1, steps=steps)
    theirs = closed(lr_scheduler.CosineAnnealingLR(sgd(), steps, eta_min), steps)
    assert [0.1, *theirs[1:]] == ours
    stepped = torchs(lambda made: lr_scheduler.CosineAnnealingLR(made, steps, eta_min), steps)
    assert stepped == pytest.approx(ours, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("size", "gamma"), [(1, 0.1), (2, 0.3), (1, 1.7)])
def test_step_is_torchs_stepped_each_epoch_to_the_last_bit(size, gamma):
    theirs = torchs(lambda made: lr_scheduler.StepLR(made, size, gamma), every=STEPS)
    assert theirs == rates(StepDecay(step_size=size, gamma=gamma))


@pytest.mark.parametrize("milestones", [(1,), (1, 2), (2, 7)])
def test_milestones_are_torchs_stepped_each_epoch_to_the_last_bit(milestones):
    theirs = torchs(lambda made: lr_scheduler.MultiStepLR(made, list(milestones), 0.3), every=STEPS)
    assert theirs == rates(StepDecay(milestones=milestones, gamma=0.3))


def test_exponential_is_torchs_stepped_each_epoch_to_the_last_bit():
    theirs = torchs(lambda made: lr_scheduler.ExponentialLR(made, 0.9), 60, every=STEPS)
    assert theirs == rates(Exponential(gamma=0.9), epochs=15)


CYCLES = [
    {},
    {"anneal_strategy": "linear"},
    {"three_phase": True},
    {"three_phase": True, "anneal_strategy": "linear", "pct_start": 0.4},
    {"pct_start": 0.0},
    {"pct_start": 1.0},
    {"div_factor": 1.0, "final_div_factor": 0.5},
    {"base_momentum": 0.5, "max_momentum": 0.6},
    {"cycle_momentum": False},
]


KEYS = {"sgd": "momentum", "rmsprop": "momentum", "muon": "momentum", "adam": "betas", "radam": "betas"}


@pytest.mark.parametrize("arguments", CYCLES, ids=str)
@pytest.mark.parametrize(("name", "key"), KEYS.items())
@pytest.mark.parametrize("steps", [5, 12, 101])
def test_one_cycle_is_torchs_to_the_last_bit_and_so_is_its_momentum(arguments, name, key, steps):
    kind = getattr(torch.optim, OPTIMIZERS[name].__name__)
    ours, theirs = (kind([nn.Parameter(torch.zeros(1, 1))], lr=0.1) for _ in range(2))
    schedule = LRScheduler(OneCycle(**arguments), ours, steps, steps)
    scheduler = lr_scheduler.OneCycleLR(theirs, 0.1, total_steps=steps, **arguments)
    for step in range(steps):
        schedule.before_step(step)
        one, other = ours.param_groups[0], theirs.param_groups[0]
        assert (other["lr"], other[key]) == (one["lr"], one[key])
        theirs.step()
        if step + 1 < steps:  # one more, and torch divides by 0 where pct_start is 1
            scheduler.step()


def test_one_cycle_leaves_an_optimizer_without_momentum_as_it_is():
    made = torch.optim.Adagrad([nn.Parameter(torch.zeros(1))])
    before = dict(made.param_groups[0])
    LRScheduler(OneCycle(), made, TOTAL, STEPS).before_step(3)
    assert {"lr"} == {key for key, value in made.param_groups[0].items() if value is not before[key]}


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
@pytest.mark.parametrize("three_phase", [False, True])
@pytest.mark.parametrize("pct_start", [0.0, 0.25, 0.3, 0.49])
def test_one_cycle_of_a_few_steps_ends_low_and_divides_by_no_0(steps, three_phase, pct_start):
    found = rates(OneCycle(three_phase=three_phase, pct_start=pct_start), epochs=1, steps=steps)
    assert found[-1] == pytest.approx(0.1 / 25 / 1e4)
    assert max(found) <= 0.1


PLATEAUS = [
    {},
    {"factor": 0.5, "patience": 0, "threshold": 0.1},
    {"patience": 1, "threshold_mode": "abs", "threshold": 0.05, "cooldown": 2},
    {"patience": 0, "min_lr": 0.02, "eps": 0.01},
    {"patience": 0, "factor": 0.0},
]


LOSSES = [1.0, 0.9, 0.95, 0.91, 0.89, 0.9, 0.9, 0.9, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]


@pytest.mark.parametrize("arguments", PLATEAUS, ids=str)
def test_plateau_is_torchs_stepped_each_epoch(arguments):
    ours, theirs = sgd(), sgd()
    schedule = LRScheduler(Plateau(**arguments), ours, len(LOSSES) * STEPS, STEPS)
    scheduler = lr_scheduler.ReduceLROnPlateau(theirs, **arguments)
    for epoch, loss in enumerate(LOSSES):
        for step in range(epoch * STEPS, (epoch + 1) * STEPS):
            schedule.before_step(step)
            assert theirs.param_groups[0]["lr"] == schedule.lr
        schedule.after_epoch(loss)
        scheduler.step(loss)


def test_plateau_counts_no_epoch_that_ends_in_the_warmup():
    schedule = LRScheduler(Plateau(warmup=2, patience=0, factor=0.5), sgd(), 40, 4)
    found = []
    for epoch in range(5):
        for step in range(epoch * 4, (epoch + 1) * 4):
            schedule.before_step(step)
        found.append(schedule.lr)
        schedule.after_epoch(1.0)
    assert [0.1, 0.1, 0.05] == found[2:]


@pytest.mark.parametrize(
    "config", [Constant(), Cosine(), OneCycle(), StepDecay(step_size=1), Exponential(gamma=0.5)]
)
def test_all_others_follow_from_the_steps_number_alone(config):
    schedule = LRScheduler(config, sgd(), TOTAL, STEPS)
    for step in (7, 8, 3):
        schedule.before_step(step)
        if not isinstance(config, Constant):
            assert rates(config)[step] == schedule.lr


def linear(steps, start=0.01, lr=0.1):
    """torch's closed form of the warmup."""
    return closed(lr_scheduler.LinearLR(sgd(lr), start, 1.0, steps), steps)


@pytest.mark.parametrize(
    ("config", "after"),
    [
        (Constant(warmup=1), [0.1] * 8),
        (Plateau(warmup=1), [0.1] * 8),
        (Cosine(warmup=1, eta_min=0.001), rates(Cosine(eta_min=0.001), epochs=2)),
        (StepDecay(warmup=1, step_size=2), [0.1] * 4 + [0.1 * 0.1] * 4),
        (StepDecay(warmup=1, milestones=(2,)), [0.1] * 4 + [0.1 * 0.1] * 4),
        (Exponential(warmup=1, gamma=1.0), [0.1] * 8),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_warmup_is_torchs_linear_one_to_the_last_bit_and_then_comes_the_schedule(config, after):
    assert linear(STEPS) + after == rates(config)
    theirs = torchs(lambda made: lr_scheduler.LinearLR(made, 0.01, 1.0, STEPS), STEPS)
    assert theirs == pytest.approx(rates(config)[:STEPS], rel=1e-12)


def test_a_warmup_of_one_cycle_leads_to_its_first_rate_with_the_first_momentum():
    made = sgd(momentum=0.9)
    schedule = LRScheduler(OneCycle(warmup=1), made, TOTAL, STEPS)
    found = []
    for step in range(TOTAL):
        schedule.before_step(step)
        found.append((schedule.lr, made.param_groups[0]["momentum"]))
    assert [(lr, 0.95) for lr in linear(STEPS, lr=rates(OneCycle(), epochs=2)[0])] == found[:STEPS]
    assert rates(OneCycle(), epochs=2) == [lr for lr, _ in found[STEPS:]]


@pytest.mark.parametrize(
    ("warmup", "steps", "epochs", "expected"),
    [(0.5, 4, 3, 2), (0.25, 10, 3, 2), (0.01, 4, 3, 0), (2.5, 4, 3, 10), (2.99, 4, 3, 11), (0.9, 1, 1, 0)],
)
def test_a_warmup_may_be_a_part_of_an_epoch_and_leaves_a_step(warmup, steps, epochs, expected):
    found = rates(Constant(warmup=warmup), epochs=epochs, steps=steps)
    assert expected == sum(rate < 0.1 for rate in found)
    assert 0.1 == found[-1]


def test_each_group_has_its_own_rate():
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": lr} for lr in (0.1, 0.4)]
    made = torch.optim.SGD(groups, lr=1)
    schedule = LRScheduler(Cosine(warmup=1), made, TOTAL, STEPS)
    found = []
    for step in range(TOTAL):
        schedule.before_step(step)
        found.append([group["lr"] for group in made.param_groups])
    each = [list(column) for column in zip(*found, strict=True)]
    assert [rates(Cosine(warmup=1)), rates(Cosine(warmup=1), lr=0.4)] == each


BY_HAND = {
    "cosine": (Cosine(), None),
    "one_cycle": (OneCycle(), lambda made: lr_scheduler.OneCycleLR(made, 0.01, total_steps=TOTAL)),
    "step": (StepDecay(step_size=1), lambda made: lr_scheduler.StepLR(made, STEPS)),
    "plateau": (Plateau(patience=0, threshold=0.5), lr_scheduler.ReduceLROnPlateau),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    # torch's OneCycleLR cycles one of muon's two optimizers
    [pair for pair in product(BY_HAND, ["sgd", "adamw", "muon"]) if pair != ("one_cycle", "muon")],
)
def test_it_is_the_training_written_by_hand_to_the_last_bit(name, kind):
    config, make = BY_HAND[name]
    ours, theirs = small_net(), small_net()
    made, plain = (torch_optimizer(OPTIMIZERS[kind](lr=0.01), net, matrices(net)) for net in (ours, theirs))
    schedule = LRScheduler(config, made, TOTAL, STEPS)
    if name == "cosine":
        scheduler = lr_scheduler.LambdaLR(plain, lambda step: (1 + math.cos(math.pi * step / TOTAL)) / 2)
    elif name == "plateau":
        scheduler = make(plain, patience=0, threshold=0.5)
    else:
        scheduler = make(plain)
    for step, (images, labels) in enumerate(batches()):
        schedule.before_step(step)
        losses = [backward(net, images, labels) for net in (ours, theirs)]
        for each in (made, plain):
            each.step()
            each.zero_grad()
        if name != "plateau":
            scheduler.step()
        elif step % STEPS == STEPS - 1:
            schedule.after_epoch(losses[0])
            scheduler.step(losses[1])
    assert [] == differing(theirs, ours)


@given(
    steps=st.integers(1, 200),
    epochs=st.integers(1, 5),
    warmup=st.floats(0, 5),
    name=st.sampled_from(["constant", "cosine", "one_cycle", "step", "exponential", "plateau"]),
)
def test_no_rate_is_ever_negative_or_above_the_optimizers(steps, epochs, warmup, name):
    extra = {"step": {"step_size": 1}, "exponential": {"gamma": 0.9}}.get(name, {})
    found = rates(SCHEDULES[name](warmup=warmup, **extra), steps=steps, epochs=epochs)
    assert all(0 <= rate <= 0.1 * (1 + 1e-12) for rate in found)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("cosine", lr_scheduler.CosineAnnealingLR),
        ("one_cycle", lr_scheduler.OneCycleLR),
        ("step", lr_scheduler.StepLR),
        ("exponential", lr_scheduler.ExponentialLR),
        ("plateau", lr_scheduler.ReduceLROnPlateau),
    ],
)
def test_arguments_have_torchs_names_and_defaults(name, theirs):
    parameters = inspect.signature(theirs).parameters
    ours = SCHEDULES[name].model_fields
    shared = ours.keys() & parameters.keys()
    assert ours.keys() - shared == {"warmup", "warmup_start"} | ({"milestones"} if name == "step" else set())
    given = {key: parameters[key].default for key in shared if parameters[key].default is not inspect._empty}
    assert given == {key: ours[key].default for key in given}


def test_a_plateau_that_is_said_never_to_change_lr_does_not_and_another_does():
    for epochs in range(1, 8):
        for patience in range(6):
            config, weight = Plateau(patience=patience), torch.nn.Parameter(torch.zeros(()))
            optimizer = torch.optim.SGD([weight], lr=1.0)
            schedule = LRScheduler(config, optimizer, epochs, 1)
            used = []
            for epoch in range(epochs):
                schedule.before_step(epoch)
                used.append(schedule.lr)
                schedule.after_epoch(1.0)
            try:
                config.require_effect(1.0, epochs)
            except Reject:
                assert used == [1.0] * epochs
            else:
                assert used[-1] < 1.0
