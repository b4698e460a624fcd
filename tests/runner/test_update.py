"""An update: clipping, accumulation, the average of the weights, against plain torch."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnspec.backend.precision import Precision
from cnnspec.runner import loop
from cnnspec.runner.loop import accumulate_gradients, update_weights
from cnnspec.runner.metrics import Metrics
from cnnspec.runner.nonfinite import FiniteCheck
from cnnspec.settings.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from cnnspec.settings.optimizers.sgd import SGD
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    LABELS,
    evaluated,
    network,
    normalised,
    state_of,
    trained,
    weights_equal,
    without_norm,
)


def batch(state, number, size=32):
    """So many images of the training set with their labels, those of the number first to come."""
    chosen = torch.arange(number * size, (number + 1) * size)
    return normalised(state.data, chosen), LABELS[chosen]


def stepped_by_hand(model, config, steps, clip=None):
    """So many steps on the first images."""
    state = state_of(without_norm(), config)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for number in range(steps):
        images, labels = batch(state, number)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        if clip is not None:
            clip(list(model.parameters()))
        optimizer.step()
    return model


def step(state, number):
    """The same step by an Update."""
    images, labels = batch(state, number)
    state.update.backward(state.criterion(state.network.module(images), labels), 1)
    assert state.update.step()


def stepped(model, config, steps):
    """The same steps by an Update."""
    state = state_of(model, config)
    for number in range(steps):
        step(state, number)
    return state


MOMENTUM = SGD(lr=0.1, momentum=0.9)


def test_gradients_are_clipped_by_their_norm_bitwise():
    model, config = without_norm(), Train(optimizer=MOMENTUM, clip_grad_norm=0.1)
    stepped(model, config, 5)
    by_hand = stepped_by_hand(
        without_norm(), config, 5, lambda weights: nn.utils.clip_grad_norm_(weights, 0.1)
    )
    assert weights_equal(by_hand, model)
    assert not weights_equal(stepped_by_hand(without_norm(), config, 5), model)


def test_gradients_are_clipped_value_by_value_bitwise():
    model, config = without_norm(), Train(optimizer=MOMENTUM, clip_grad_value=0.01)
    stepped(model, config, 5)
    by_hand = stepped_by_hand(
        without_norm(), config, 5, lambda weights: nn.utils.clip_grad_value_(weights, 0.01)
    )
    assert weights_equal(by_hand, model)
    assert not weights_equal(stepped_by_hand(without_norm(), config, 5), model)


def test_steps_accumulated_are_one_of_as_many_images_within_rounding():
    one, several = without_norm(), without_norm()
    trained(one, Train(epochs=2, batch_size=256, validation=0, optimizer=MOMENTUM))
    events = trained(several, Train(epochs=2, batch_size=64, accumulate=4, validation=0, optimizer=MOMENTUM))
    for expected, found in zip(one.parameters(), several.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert (12, 6) == (events[0].steps, events[0].steps_per_epoch)


LOSSES = [
    CrossEntropy(weight=(1, 10, 1, 1, 0.1, 1, 1, 5, 1, 0.01)),
    CrossEntropy(weight=(0, 0, 0, 0, 0, 0, 0, 1, 1, 1)),
    CrossEntropy(weight=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), label_smoothing=0.1),
    BinaryCrossEntropy(pos_weight=3),
    MeanSquaredError(),
]


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_accumulated_steps_are_one_of_as_many_images_whatever_the_loss(loss, soft):
    one, several = without_norm(), without_norm()
    config = Train(batch_size=128, validation=0, optimizer=SGD(lr=0.1), loss=loss)
    for model, size, accumulate in ((one, 128, 1), (several, 16, 8)):
        state = state_of(model, config.model_copy(update={"batch_size": size, "accumulate": accumulate}))
        check = FiniteCheck(state.network, {}, 1)
        for number in range(2):
            images, labels = batch(state, number, 128)
            labels = 0.7 * nn.functional.one_hot(labels, 10) + 0.03 if soft else labels
            parts = zip(images.split(size), labels.split(size), strict=True)
            accumulate_gradients(state, parts, Metrics(state.criterion), check)
            update_weights(state, check)
    assert not weights_equal(without_norm(), one)
    for expected, found in zip(one.parameters(), several.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_the_average_of_the_weights_is_kept_and_what_is_trained_goes_on_without_it():
    averaged, plain = network(), network()
    state = state_of(averaged, Train(epochs=2, batch_size=300, ema=0.9, validation=0))
    events = list(loop.train(state))
    trained(plain, Train(epochs=2, batch_size=300, validation=0))
    assert all(torch.equal(a, b) for a, b in zip(averaged.parameters(), plain.parameters(), strict=True))
    assert not weights_equal(state.update.eval_network.module, averaged)
    assert evaluated(state, 300) == events[-1].test


def test_the_average_is_exponential_and_soon_forgets_the_first_weights():
    model = without_norm()
    state = state_of(model, Train(optimizer=MOMENTUM, ema=0.5))
    mean = None
    for count in range(6):
        step(state, count)
        weight = model[0].weight.detach()
        decay = min(0.5, (1 + count) / (10 + count))
        mean = weight.clone() if mean is None else torch.lerp(mean, weight, 1 - decay)
        torch.testing.assert_close(state.update.eval_network.module[0].weight, mean)


def test_the_average_takes_batch_norms_statistics_along_and_its_counters_as_they_are():
    state = state_of(network(), Train(epochs=1, ema=0.9, validation=0))
    list(loop.train(state))
    live, kept = state.network.module[1], state.update.eval_network.module[1]
    assert not torch.equal(live.running_mean, kept.running_mean)
    assert live.num_batches_tracked.item() == kept.num_batches_tracked.item()


def test_gradients_scaled_for_fp16_give_the_same_step():
    config = Train(optimizer=MOMENTUM, clip_grad_norm=0.5)
    plain, scaled = without_norm(), without_norm()
    step(state_of(plain, config), 0)
    step(state_of(scaled, config, Precision("fp16", torch.contiguous_format)), 0)
    assert not weights_equal(without_norm(), plain)
    for expected, found in zip(plain.parameters(), scaled.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
