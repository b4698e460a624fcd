"""A number that is not finite ends a training before the step, and is named with its layer."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from cnnspec.backend.precision import Precision
from cnnspec.core.errors import UserError
from cnnspec.runner import loop
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.losses import Criterion
from cnnspec.runner.nonfinite import FiniteCheck
from cnnspec.runner.training_events import FIRST_STEP, FP16, SMALLER_LR, NonFiniteError
from cnnspec.settings.augmentations.pixel_values import Normalise
from cnnspec.settings.optimizers.sgd import SGD
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
    network,
    state_of,
    trained,
    weights_equal,
    without_norm,
)


@pytest.mark.parametrize("lr", [1e30, 1e38])
def test_a_loss_that_is_no_longer_finite_stops_the_training_and_names_the_epoch(lr):
    with pytest.raises(UserError, match="epoch 1"):
        trained(network(), Train(epochs=3, validation=0, optimizer=SGD(lr=lr)))


def test_weights_that_the_last_step_made_infinite_are_not_taken():
    """One step an epoch: its own loss is still finite."""
    config = Train(epochs=1, validation=0, batch_size=1442, optimizer=SGD(lr=1e38, momentum=0.9))
    model = network()
    model[0].weight.register_hook(lambda gradient: gradient * 1e10)
    with pytest.raises(UserError, match=r"0\.weight is no longer finite after epoch 1"):
        trained(model, config)


class Broken(nn.Module):
    """Gives what is not finite from a step on."""

    def __init__(self, step):
        super().__init__()
        self.step, self.seen = step, 0

    def forward(self, x):
        self.seen += self.training
        return x * (math.nan if self.seen >= self.step else 1)


def test_a_loss_that_is_not_finite_stops_before_the_step_and_names_the_layer():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(4), nn.Flatten(), nn.Linear(144, 10))
    state = state_of(model, Train(epochs=1, validation=0), lines={"2": "relu, net.yaml:7"})
    events = loop.train(state)
    with pytest.raises(NonFiniteError) as caught:
        list(events)
    expected = "the loss is nan in step 4 (epoch 1): the first that is not finite is the output of 2 (relu, net.yaml:7)"
    assert expected == caught.value.message
    assert (4, 1, "from before that step") == (
        caught.value.step,
        caught.value.epoch,
        caught.value.weights_from,
    )
    assert (state.step, model[1].num_batches_tracked.item()) == (3, 3)


def test_weights_before_that_step_are_those_of_a_training_that_ended_there():
    broken = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(4), nn.Flatten(), nn.Linear(144, 10))
    whole = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(99), nn.Flatten(), nn.Linear(144, 10))
    whole.load_state_dict(broken.state_dict())
    with pytest.raises(NonFiniteError):
        trained(broken, Train(epochs=1, validation=0))
    trained(whole, Train(epochs=1, validation=0, limit_steps=3))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, broken.state_dict()[name])


def test_a_weight_that_is_not_finite_is_named():
    model = network()
    with torch.no_grad():
        model[4].weight[0, 0] = math.inf
    with pytest.raises(
        NonFiniteError, match=r"the first that is not finite is the weight 4\.weight"
    ) as caught:
        trained(model, Train(epochs=1))
    assert caught.value.weights_from == ""


class Steep(nn.Module):
    """Hands on what it is given, but from a step on not the gradient."""

    def __init__(self, step):
        super().__init__()
        self.step, self.seen = step, 0

    def forward(self, x):
        self.seen += self.training
        if self.seen >= self.step:
            x.register_hook(lambda gradient: gradient * math.inf)
        return x


@pytest.mark.parametrize(
    "config", [Train(epochs=1, validation=0), Train(epochs=1, validation=0, clip_grad_norm=1.0)]
)
def test_a_gradient_that_is_not_finite_stops_before_the_step_and_names_the_layer(config):
    def net(step):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), Steep(step), nn.Linear(144, 10)
        )

    state = state_of(net(4), config, lines={"0": "conv, net.yaml:7"})
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(state))
    assert (
        "the gradient of 0.weight (conv, net.yaml:7) is not finite in step 4 (epoch 1)"
        == caught.value.message
    )
    assert (4, 1, "from before that step") == (
        caught.value.step,
        caught.value.epoch,
        caught.value.weights_from,
    )
    whole = net(99)
    trained(whole, config.model_copy(update={"limit_steps": 3}))
    assert weights_equal(whole, state.network.module)


def test_gradients_whose_norm_is_beyond_fp32_are_told():
    loss = Criterion(lambda scores, labels: nn.functional.cross_entropy(scores, labels) * 1e30)
    state = state_of(without_norm(), Train(epochs=1, validation=0, clip_grad_norm=1.0), loss=loss)
    with pytest.raises(
        NonFiniteError, match="the norm of the gradients is more than fp32 holds in step 1"
    ) as caught:
        list(loop.train(state))
    assert caught.value.hint == f"{FIRST_STEP}."


def test_a_first_loss_that_is_not_finite_in_fp16_may_be_its_range():
    check = FiniteCheck(Network(network(), Precision("fp16", torch.contiguous_format), CPU), {}, 1)
    check.start_step(1)
    assert f"{FIRST_STEP}, {FP16}." == check.gradient_error().hint
    check.start_step(2)
    assert SMALLER_LR == check.gradient_error().hint


def test_gradients_clipped_by_value_may_be_infinite():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), Steep(2), nn.Linear(144, 10))
    config = Train(epochs=1, validation=0, clip_grad_value=0.01, limit_steps=4)
    with pytest.raises(
        NonFiniteError, match=r"gradient of 0\.weight"
    ):  # inf * 0 is nan, which has no value to clip
        trained(model, config)


class Joined(nn.Module):
    """What arises between layers."""

    def __init__(self, *, last):
        super().__init__()
        self.flat, self.head, self.last = nn.Flatten(), nn.Linear(64, 10), last

    def forward(self, x):
        x = self.flat(x) * (1 if self.last else math.inf)
        return self.head(x) * (math.inf if self.last else 1)


@pytest.mark.parametrize(
    ("last", "words"),
    [(False, "the input of head (linear, net.yaml:9)"), (True, "the scores, though no layer's output is")],
)
def test_what_arises_between_layers_is_told_by_what_follows(last, words):
    state = state_of(Joined(last=last), Train(epochs=1, validation=0), lines={"head": "linear, net.yaml:9"})
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(state))
    assert f"in step 1 (epoch 1): the first that is not finite is {words}" in caught.value.message


class Unfit(nn.Module):
    """Fine in training, infinite in eval mode."""

    def forward(self, x):
        return x if self.training else x * math.inf


def test_a_validation_that_is_not_finite_leaves_the_epochs_weights():
    model = nn.Sequential(nn.Flatten(), Unfit(), nn.Linear(64, 10))
    state = state_of(model, Train(epochs=3), lines={"1": "tanh, net.yaml:3"})
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(state))
    where = (
        "in the validation after epoch 1: the first that is not finite is the output of 1 (tanh, net.yaml:3)"
    )
    assert where in caught.value.message
    assert (state.steps.per_epoch, 1, "of epoch 1") == (
        caught.value.step,
        caught.value.epoch,
        caught.value.weights_from,
    )


def test_scores_that_are_finite_but_too_large_for_the_loss_are_told():
    loss = Criterion(lambda scores, _labels: scores.sum() * math.inf)
    with pytest.raises(NonFiniteError, match="though the scores are finite"):
        list(loop.train(state_of(network(), Train(epochs=1), loss=loss)))


def test_images_that_are_not_finite_are_named():
    config = Train(epochs=1, augment=(Normalise(mean=0.0, std=1e-300),))
    with pytest.raises(NonFiniteError, match="the first that is not finite is the images"):
        trained(network(), config)
