"""Schedules: their formulas, and what they refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cnnspec.core.errors import Reject
from cnnspec.settings.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Position,
    StepDecay,
)
from cnnspec.settings.train import Train


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_argument_is_described_and_warmup_is_everywhere(name):
    fields = SCHEDULES[name].model_fields
    assert [] == [key for key, info in fields.items() if not info.description]
    assert {"warmup", "warmup_start"} <= fields.keys()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("constant", {"warmup": -1}),
        ("constant", {"warmup_start": 0}),
        ("constant", {"warmup_start": 1.1}),
        ("constant", {"lr": 0.1}),
        ("cosine", {"eta_min": -0.1}),
        ("one_cycle", {"pct_start": 1.1}),
        ("one_cycle", {"pct_start": -0.1}),
        ("one_cycle", {"anneal_strategy": "cosine"}),
        ("one_cycle", {"base_momentum": 1}),
        ("one_cycle", {"div_factor": 0}),
        ("step", {"step_size": 0}),
        ("step", {"step_size": 1.5}),
        ("step", {"milestones": [0]}),
        ("step", {"gamma": 0}),
        ("exponential", {}),
        ("plateau", {"factor": 1}),
        ("plateau", {"patience": -1}),
        ("plateau", {"threshold_mode": "relative"}),
        ("plateau", {"min_lr": -1}),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(name, arguments):
    with pytest.raises(ValidationError):
        SCHEDULES[name].model_validate(arguments)


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        (OneCycle(base_momentum=0.9, max_momentum=0.8), "bounds-swapped", "base_momentum"),
        (OneCycle(three_phase=True, pct_start=0.5), "schedule-too-long", "pct_start"),
        (StepDecay(), "step-without-epochs", "milestones"),
        (StepDecay(step_size=1, milestones=(1,)), "step-without-epochs", "milestones"),
        (StepDecay(milestones=(2, 1)), "milestones-not-ascending", "milestones"),
        (StepDecay(milestones=(1, 1)), "milestones-not-ascending", "milestones"),
    ],
)
def test_what_contradicts_itself_is_refused(config, code, field):
    with pytest.raises(Reject) as caught:
        config.consistent()
    assert (code, field) == (caught.value.code, caught.value.field)


@pytest.mark.parametrize(
    "config", [OneCycle(), OneCycle(three_phase=True), StepDecay(step_size=3), StepDecay(milestones=(1, 2))]
)
def test_what_suits_is_taken(config):
    config.consistent()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (Constant(warmup=3), "warmup takes 3 of the 3 epochs: nothing is left for what follows"),
        (Cosine(warmup=4.5), "warmup takes 4.5 of the 3 epochs: nothing is left for what follows"),
    ],
)
def test_a_schedule_that_is_longer_than_the_training_is_refused(config, message):
    with pytest.raises(Reject) as caught:
        Train(epochs=3, schedule=config).consistent()
    assert ("schedule-too-long", "schedule", message) == (
        caught.value.code,
        caught.value.field,
        caught.value.message,
    )


@pytest.mark.parametrize(
    "config", [Constant(warmup=2.9), StepDecay(step_size=2), StepDecay(milestones=(2, 9))]
)
def test_a_schedule_that_fits_the_training_is_taken(config):
    Train(epochs=3, schedule=config).consistent()


def test_what_is_said_of_a_step_that_never_comes_can_be_done():
    hints = []
    for epochs in (1, 8):
        with pytest.raises(Reject) as caught:
            StepDecay(step_size=9).require_effect(1.0, epochs)
        hints.append(caught.value.hint)
    assert ["Write more epochs, or `schedule: constant`.", "Write 7 at most, or more epochs."] == hints
    StepDecay(step_size=7).require_effect(1.0, 8)
    Constant().require_effect(1.0, 1)


@pytest.mark.parametrize(
    ("config", "first", "middle", "last"),
    [
        (Constant(), 0.5, 0.5, 0.5),
        (Cosine(eta_min=0.1), 0.5, 0.3, 0.1),
        (StepDecay(step_size=1, gamma=0.5), 0.5, 0.25, 0.125),
        (StepDecay(milestones=(2,), gamma=0.5), 0.5, 0.5, 0.25),
        (Exponential(gamma=0.1), 0.5, 0.05, 0.005),
        (Plateau(), 0.5, 0.5, 0.5),
    ],
    ids=lambda part: type(part).__name__,
)
def test_lr_is_a_formula_of_the_position(config, first, middle, last):
    positions = (Position(0, 10, 0), Position(5, 10, 1), Position(10, 10, 2))
    assert [pytest.approx(rate) for rate in (first, middle, last)] == [
        config.rate(0.5, position) for position in positions
    ]


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("three_phase", [False, True])
def test_one_cycles_momentum_falls_while_lr_grows(strategy, three_phase):
    config = OneCycle(three_phase=three_phase, anneal_strategy=strategy)
    peak = config.pct_start * 10 - 1
    momenta = [config.momentum(Position(step, 10, 0)) for step in (0, int(peak), 9)]
    assert [0.95, 0.85, 0.95] == pytest.approx(momenta)
    rates = [config.rate(0.5, Position(step, 10, 0)) for step in (0, int(peak), 9)]
    assert [0.5 / 25, 0.5, 0.5 / 25 / 1e4] == pytest.approx(rates)
    assert OneCycle(cycle_momentum=False).momentum(Position(0, 10, 0)) is None
    assert Constant().momentum(Position(0, 10, 0)) is None


def test_a_plateau_names_its_class_in_torch_with_the_arguments_that_it_takes():
    assert Plateau.torch == "ReduceLROnPlateau"
    assert Plateau(patience=3, warmup=1).torch_arguments() == {
        "factor": 0.1,
        "patience": 3,
        "threshold": 1e-4,
        "threshold_mode": "rel",
        "cooldown": 0,
        "min_lr": 0,
        "eps": 1e-8,
    }
