"""The loop: what it yields, and that it is the loop one would write by hand, to the last bit."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from cnnspec.core.errors import UserError
from cnnspec.data.seeding import permutation, subseed
from cnnspec.data.splits import class_counts
from cnnspec.data.training_data import training_data
from cnnspec.runner import loop
from cnnspec.runner.loop import batch_groups
from cnnspec.runner.training_events import EarlyStop, EpochEnd, EpochProgress, TrainingEnd
from cnnspec.settings.augmentations.geometry import RandomCrop
from cnnspec.settings.augmentations.mixing import Mixup
from cnnspec.settings.augmentations.pixel_values import Normalise
from cnnspec.settings.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from cnnspec.settings.optimizers.adam import Adam, AdamW
from cnnspec.settings.optimizers.sgd import SGD
from cnnspec.settings.schedules import Cosine, Plateau
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
    LABELS,
    RAW,
    epochs_of,
    evaluated,
    network,
    normalised,
    state_of,
    trained,
    weights_equal,
)


def by_hand(model, config, make_optimizer):
    """The same training as plain as it gets; with no validation the last weights are the best."""
    sets = training_data(RAW, config, CPU)
    optimizer = make_optimizer(model.parameters())
    for epoch in range(1, config.epochs + 1):
        order = permutation(sets.fit_F, config.seed, "order", epoch)
        torch.manual_seed(subseed(config.seed, "epoch", epoch))
        model.train()
        for start in range(0, len(order), config.batch_size):
            chosen = order[start : start + config.batch_size]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(normalised(sets, chosen)), LABELS[chosen]).backward()
            optimizer.step()
    return model


OPTIMIZERS = {
    "sgd": (SGD(lr=0.01), lambda w: torch.optim.SGD(w, lr=0.01)),
    "sgd with Nesterov's momentum": (
        SGD(lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.001),
        lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.001),
    ),
    "sgd, dampened, maximizing": (
        SGD(lr=1e-5, momentum=0.5, dampening=0.1, maximize=True, foreach=True),
        lambda w: torch.optim.SGD(w, lr=1e-5, momentum=0.5, dampening=0.1, maximize=True, foreach=True),
    ),
    "adam": (Adam(), torch.optim.Adam),
    "adam with every argument": (
        Adam(
            lr=0.002,
            betas=(0.8, 0.99),
            eps=1e-6,
            weight_decay=0.01,
            amsgrad=True,
            decoupled_weight_decay=True,
        ),
        lambda w: torch.optim.Adam(
            w,
            lr=0.002,
            betas=(0.8, 0.99),
            eps=1e-6,
            weight_decay=0.01,
            amsgrad=True,
            decoupled_weight_decay=True,
        ),
    ),
    "adamw": (AdamW(), torch.optim.AdamW),
    "adamw, fused": (AdamW(lr=0.003, fused=True), lambda w: torch.optim.AdamW(w, lr=0.003, fused=True)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_is_the_loop_written_by_hand_bitwise(name):
    config, make_optimizer = OPTIMIZERS[name]
    settings = Train(epochs=2, batch_size=300, validation=0, optimizer=config, seed=7)
    ours = network(dropout=0.1)
    trained(ours, settings)
    assert weights_equal(by_hand(network(dropout=0.1), settings, make_optimizer), ours)


def test_the_same_seed_gives_the_same_weights_bitwise_and_another_does_not():
    first, second, other = (network(dropout=0.1) for _ in range(3))
    for model, seed in ((first, 1), (second, 1), (other, 2)):
        torch.manual_seed(seed * 99)
        trained(model, Train(epochs=2, batch_size=300, seed=seed))
    assert weights_equal(first, second)
    assert not weights_equal(first, other)


def test_how_often_steps_are_told_of_changes_no_weight(monkeypatch):
    quiet, talkative = network(), network()
    config = Train(epochs=2, batch_size=400)
    trained(quiet, config)
    monkeypatch.setattr(loop, "PROGRESS_EVERY_S", 0)
    told = trained(talkative, config)
    assert weights_equal(quiet, talkative)
    steps = [event for event in told if isinstance(event, EpochProgress)]
    assert list(range(1, 9)) == [event.step for event in steps]
    assert [event.train.images for event in steps[:2]] == [400, 800]


def test_events_tell_the_course_of_a_training():
    started, *between, tested = trained(network(), Train(epochs=3, batch_size=100))
    epochs = [event for event in between if isinstance(event, EpochEnd)]
    assert (3, 39, 13, 1299, 143) == (
        started.epochs,
        started.steps,
        started.steps_per_epoch,
        started.fit_images,
        started.validation_images,
    )
    assert started.how == "cpu, fp32, contiguous; images in memory, 112.3 KiB"
    assert [(event.epoch, event.step) for event in epochs] == [(1, 13), (2, 26), (3, 39)]
    assert [event.train.images for event in epochs] == [1299] * 3
    assert [event.validation.images for event in epochs] == [143] * 3
    assert epochs[0].train.loss > epochs[1].train.loss > epochs[2].train.loss
    assert isinstance(tested, TrainingEnd)
    assert tested.test.images == 355
    assert tested.epoch == max(event.epoch for event in epochs if event.improved)
    assert sorted(event.seconds for event in epochs) == [event.seconds for event in epochs]


def test_the_validation_score_is_the_plain_one():
    model = network()
    state = state_of(model, Train(epochs=1))
    *_, epoch, _ = loop.train(state)
    model.eval()
    labels = LABELS[state.data.validation_V]
    scores = model(normalised(state.data, state.data.validation_V))
    assert nn.functional.cross_entropy(scores, labels).item() == pytest.approx(
        epoch.validation.loss, rel=1e-5
    )
    assert int((scores.argmax(1) == labels).sum()) == epoch.validation.correct


def test_the_test_is_of_the_best_epochs_weights():
    model, config = network(), Train(epochs=4, optimizer=SGD(lr=0.5, momentum=0.95))
    state = state_of(model, config)
    kept = {}
    for event in loop.train(state):
        if isinstance(event, EpochEnd):
            kept[event.epoch] = {name: value.clone() for name, value in model.state_dict().items()}
        elif isinstance(event, TrainingEnd):
            assert all(
                torch.equal(value, kept[event.epoch][name]) for name, value in model.state_dict().items()
            )
            assert event.test == evaluated(state)


def test_without_validation_the_last_epoch_is_the_best():
    events = trained(network(), Train(epochs=2, validation=0))
    assert [event.validation for event in events if isinstance(event, EpochEnd)] == [None, None]
    assert events[-1].epoch == 2


def test_a_lone_image_left_over_trains_with_batch_norm():
    """1,442 = 131·11 + 1; batch norm over one value a channel is an error in torch."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10))
    events = trained(model, Train(epochs=1, batch_size=131, validation=0))
    assert events[0].steps_per_epoch == 11


def test_a_network_without_weights_is_told():
    with pytest.raises(UserError, match="no weights"):
        trained(nn.Flatten(), Train(epochs=1))


LOSSES = [
    CrossEntropy(weight=(1, 10, 1, 1, 0.1, 1, 1, 5, 1, 0.01)),
    CrossEntropy(weight=(0, 0, 0, 0, 0, 0, 0, 1, 1, 1)),
    CrossEntropy(weight=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), label_smoothing=0.1),
    BinaryCrossEntropy(pos_weight=3),
    MeanSquaredError(),
]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_score_does_not_depend_on_the_size_of_batches(loss):
    state = state_of(network(), Train(loss=loss, validation=0))
    scores = [evaluated(state, size) for size in (4, 32, 355)]
    assert [pytest.approx(scores[0].loss)] * 3 == [score.loss for score in scores]


def test_batches_that_are_accumulated_are_not_held_together():
    asked = []
    for group in batch_groups(iter(asked.append(number) or number for number in range(7)), 3):
        for number in group:
            assert asked == list(range(number + 1))
    assert asked == list(range(7))
    assert [[0, 1, 2], [3, 4, 5], [6]] == [list(group) for group in batch_groups(range(7), 3)]


def test_training_stops_where_validation_gets_no_better():
    config = Train(epochs=50, batch_size=400, early_stopping=2, optimizer=SGD(lr=0.0))
    events = trained(network(), config)
    stopped = next(event for event in events if isinstance(event, EarlyStop))
    best = max(event.epoch for event in epochs_of(events) if event.improved)
    assert best + 2 == stopped.epoch == len(epochs_of(events)) < 50
    assert stopped.reason == "no better validation for 2 epochs"
    assert isinstance(events[-1], TrainingEnd)


def test_training_ends_after_as_many_steps_as_are_allowed():
    events = trained(network(), Train(epochs=5, batch_size=100, limit_steps=17))
    assert [13, 17] == [event.step for event in epochs_of(events)]
    assert [1299, 400] == [event.train.images for event in epochs_of(events)]
    assert EarlyStop(2, 17, "limit_steps: 17") in events
    assert events[0].steps == 17


def test_a_limit_beyond_the_end_changes_nothing():
    events = trained(network(), Train(epochs=1, batch_size=100, limit_steps=500))
    assert not [event for event in events if isinstance(event, EarlyStop)]


def test_one_batch_is_learned_by_heart():
    config = Train(
        epochs=60, batch_size=32, overfit_batches=1, optimizer=AdamW(lr=0.01), augment=(RandomCrop(),)
    )
    *_, last, _ = events = trained(network(), config)
    assert (32, 32, 1) == (events[0].fit_images, events[0].validation_images, events[0].steps_per_epoch)
    assert last.validation.accuracy == 1
    assert last.train.loss < 0.01


def test_images_are_augmented_in_training_alone():
    plain, changed = network(), network()
    state = state_of(plain, Train(epochs=1, augment=(RandomCrop(padding=2),)))
    list(loop.train(state))
    trained(changed, Train(epochs=1))
    assert not weights_equal(plain, changed)
    (images, _), *_ = state.data.validation_batches(8)
    assert torch.equal(images, normalised(state.data, state.data.validation_V[:8]))


def test_mixed_images_are_counted_right_by_their_likelier_class():
    events = trained(network(), Train(epochs=3, augment=(Mixup(alpha=0.1),)))
    assert epochs_of(events)[-1].train.accuracy > 0.7


def test_the_learning_rate_of_an_epochs_last_step_is_told():
    events = trained(network(), Train(epochs=2, batch_size=100, optimizer=SGD(lr=0.1), schedule=Cosine()))
    expected = [0.1 * (1 + math.cos(math.pi * step / 26)) / 2 for step in (12, 25)]
    assert expected == pytest.approx([event.lr for event in epochs_of(events)])


def test_a_plateau_watches_the_validation():
    schedule = Plateau(patience=0, factor=0.5)
    config = Train(epochs=6, batch_size=400, optimizer=SGD(lr=3.0), schedule=schedule)
    epochs = epochs_of(trained(network(), config))
    rates, losses = [event.lr for event in epochs], [event.validation.loss for event in epochs]
    for number in range(1, 6):
        worse = losses[number - 1] > min(losses[: number - 1], default=math.inf) * (1 - 1e-4)
        assert rates[number] == rates[number - 1] * (0.5 if worse else 1)
    assert rates[-1] < rates[0]


def test_the_classes_are_counted_as_training_fits_them():
    for validation in (0.0, 0.3):
        config = Train(validation=validation)
        state = state_of(network(), config)
        assert state.data.train.labels_N[state.data.fit_F].bincount().tolist() == class_counts(RAW, config)


def test_a_batch_learned_by_heart_is_normalised_as_it_is_written():
    config = Train(overfit_batches=1, augment=(Normalise(mean=0.0, std=1.0), RandomCrop()))
    sets = state_of(network(), config).data
    (images, _), *_ = sets.fit_batches([64], epoch=3)
    assert images.max() <= 1.0
    assert torch.equal(images, next(iter(sets.fit_batches([64], epoch=5)))[0])
