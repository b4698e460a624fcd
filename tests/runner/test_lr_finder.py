"""The range test: what it finds, and what it leaves as it was."""

from __future__ import annotations

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.lr_finder import LossCurve, range_test
from cnnspec.runner.training_events import FIRST_STEP, NonFiniteError
from cnnspec.settings.optimizers.sgd import SGD
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    network,
    state_of,
)


def test_a_range_test_leaves_the_model_and_chance_as_they_were_bit_for_bit():
    model = network(dropout=0.1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = state_of(model, Train(optimizer=SGD(lr=0.1, momentum=0.9)))
    torch.manual_seed(5)
    random = torch.get_rng_state()
    curve = range_test(state, 1e-4, 10, 60)
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert curve.lrs[0] == pytest.approx(1e-4)
    ratios = [b / a for a, b in zip(curve.lrs, curve.lrs[1:], strict=False)]
    assert [pytest.approx(1e5 ** (1 / 59))] * len(ratios) == ratios
    assert 0.001 < curve.suggested < 5


def test_a_range_that_is_far_too_high_ends_early():
    state = state_of(network(), Train(optimizer=SGD(lr=0.1)))
    curve = range_test(state, 1e-3, 1e30, 40)
    assert len(curve.lrs) < 40


def test_the_suggestion_is_where_the_loss_falls_fastest():
    curve = LossCurve([1.0, 10.0, 100.0, 1000.0, 10000.0], [5.0, 4.9, 4.5, 1.9, 3.0])
    assert curve.suggested == 100.0
    with pytest.raises(UserError, match="the loss hardly falls between lr 1 and 100: from 1 to 1"):
        _ = LossCurve([1.0, 10.0, 100.0], [1.0, 1.1, 2.0]).suggested
    with pytest.raises(UserError, match="hardly falls between lr 1 and 100: from 2"):
        _ = LossCurve([1.0, 10.0, 100.0], [2.31, 2.3, 2.4]).suggested


def test_a_range_test_takes_as_many_images_a_step_as_the_training():
    curves = []
    for size, accumulate in ((64, 1), (8, 8)):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
        config = Train(optimizer=SGD(lr=0.1), batch_size=size, accumulate=accumulate, validation=0)
        curves.append(range_test(state_of(model, config), 1e-3, 1, 20))
    assert curves[0].losses == pytest.approx(curves[1].losses, rel=1e-3)


def test_a_first_gradient_that_is_not_finite_is_not_blamed_on_the_rate():
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    state = state_of(model, Train(optimizer=SGD(lr=0.1)))
    model[1].weight.register_hook(lambda gradient: gradient * torch.inf)
    with pytest.raises(NonFiniteError, match=r"the gradient of 1\.weight is not finite in step 1") as caught:
        range_test(state, 1e-4, 1, 20)
    assert f"{FIRST_STEP}." == caught.value.hint


def test_a_range_test_ends_at_a_gradient_that_is_not_finite():
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    state = state_of(model, Train(optimizer=SGD(lr=0.1)))
    model[1].weight.register_hook(lambda gradient: gradient * (torch.inf if state.step else 1))
    assert len(range_test(state, 1e-4, 1, 20).lrs) == 2
