"""Which images are fitted and which are held out, and what is said where they are too few."""

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.data.splits import class_counts, evenly_spaced, hold_out
from cnnspec.data.training_data import training_data
from cnnspec.settings.train import Train
from tests.data.greys import CPU
from tests.runner.trainings import LABELS as DIGITS
from tests.runner.trainings import RAW


def test_what_is_held_out_is_a_share_of_each_class_and_disjoint():
    labels = DIGITS
    fit, held = hold_out(labels, 0.1, seed=3)
    assert sorted([*fit.tolist(), *held.tolist()]) == list(range(len(labels)))
    assert labels[held].bincount().tolist() == [round(0.1 * n) for n in labels.bincount().tolist()]


def test_another_seed_holds_out_others():
    labels = DIGITS
    assert hold_out(labels, 0.1, seed=0)[1].tolist() == hold_out(labels, 0.1, seed=0)[1].tolist()
    assert hold_out(labels, 0.1, seed=0)[1].tolist() != hold_out(labels, 0.1, seed=1)[1].tolist()


def test_nothing_is_held_out_where_the_share_is_0():
    fit, held = hold_out(DIGITS, 0, seed=0)
    assert (len(DIGITS), 0) == (len(fit), len(held))


@pytest.mark.parametrize(("share", "word"), [(1e-6, "none"), (0.9999, "all")])
def test_a_share_that_leaves_nothing_on_one_side_is_an_error(share, word):
    with pytest.raises(UserError, match=f"{word} of the 1,442 training images"):
        hold_out(DIGITS, share, seed=0)


@pytest.mark.parametrize("count", [2, 3, 5, 13, 51, 200])
def test_the_share_that_is_advised_works(count):
    labels = torch.arange(3).repeat_interleave(count)
    with pytest.raises(UserError) as caught:
        hold_out(labels, 0.001, seed=0)
    advised = float(caught.value.hint.removeprefix("Write a share such as ").split(",")[0])
    fit, held = hold_out(labels, advised, seed=0)
    assert min(len(fit), len(held)) >= 3


def test_of_lone_images_none_can_be_held_out():
    with pytest.raises(UserError) as caught:
        hold_out(torch.arange(3), 0.1, seed=0)
    assert caught.value.hint == "Write 0 to hold out none."


def test_some_of_many_are_spread_evenly():
    assert [0, 3, 6] == evenly_spaced(torch.arange(10), 3).tolist()
    assert [0, 1, 2, 3, 4, 6, 7, 8, 9] == evenly_spaced(torch.arange(11), 9).tolist()
    assert 5_000 == len(evenly_spaced(torch.arange(10_001), 5_000).unique())
    assert (
        list(range(10))
        == evenly_spaced(torch.arange(10), 10).tolist()
        == evenly_spaced(torch.arange(10), 11).tolist()
    )
    assert [] == evenly_spaced(torch.arange(0), 3).tolist()


@pytest.mark.parametrize("config", [Train(validation=0.3), Train(overfit_batches=2, batch_size=8)])
@pytest.mark.parametrize("own_validation", [False, True])
def test_the_images_of_each_class_are_counted_that_are_fitted(config, own_validation):
    raw = RAW._replace(validation=RAW.test if own_validation else None)
    sets = training_data(raw, config, CPU)
    assert sets.train.labels_N[sets.fit_F].bincount(minlength=10).tolist() == class_counts(raw, config)
    if config.overfit_batches:
        assert 16 == sum(class_counts(raw, config))


@pytest.mark.parametrize("classes", [1, 2, 3, 10])
@pytest.mark.parametrize("each", [5, 25, 30, 40])
def test_no_batch_is_refused_beforehand_that_fits_what_is_left_to_train_on(classes, each):
    labels_N = torch.arange(classes).repeat(each)
    for hundredths in range(1, 100):
        share = hundredths / 100
        if 0 < round(share * each) < each:
            left = len(hold_out(labels_N, share, seed=0)[0])
            Train(batch_size=left, validation=share).require_images(len(labels_N), classes)


@pytest.mark.parametrize(
    ("config", "message", "hint"),
    [
        (Train(validation=0.5, batch_size=800), "batch_size: 800 is more than the 721 images", 512),
        (
            Train(validation=0.5, batch_size=64, accumulate=20),
            "accumulate: 20 is more than the 12 batches",
            11,
        ),
    ],
)
def test_what_is_advised_for_few_images_counts_what_is_held_out_once(config, message, hint):
    with pytest.raises(UserError) as caught:
        training_data(RAW, config, CPU)
    assert caught.value.message.startswith(message)
    assert f"Write {hint} or less." == caught.value.hint
