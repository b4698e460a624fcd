"""The digits, how a set is divided, in which order it comes, how it is normalised."""

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.steps import batch_sizes
from cnnspec.settings.train import Train
from cnnspec.train.data.order import hold_out, shuffled
from cnnspec.train.data.scale import Levels, Scale
from cnnspec.train.data.sets import divide
from tests.runner.trainings import CPU, LABELS, PIXELS, RAW


def scale_of(pixels_NCHW):
    levels = Levels(pixels_NCHW.shape[1])
    for part_NCHW in pixels_NCHW.split(17):
        levels.add(part_NCHW)
    return levels.scale()


def test_what_is_held_out_is_a_share_of_each_class_and_disjoint():
    labels = LABELS
    fit, held = hold_out(labels, 0.1, seed=3)
    assert sorted([*fit.tolist(), *held.tolist()]) == list(range(len(labels)))
    assert labels[held].bincount().tolist() == [round(0.1 * n) for n in labels.bincount().tolist()]


def test_another_seed_holds_out_others():
    labels = LABELS
    assert hold_out(labels, 0.1, seed=0)[1].tolist() == hold_out(labels, 0.1, seed=0)[1].tolist()
    assert hold_out(labels, 0.1, seed=0)[1].tolist() != hold_out(labels, 0.1, seed=1)[1].tolist()


def test_nothing_is_held_out_where_the_share_is_0():
    fit, held = hold_out(LABELS, 0, seed=0)
    assert (len(LABELS), 0) == (len(fit), len(held))


@pytest.mark.parametrize(("share", "word"), [(1e-6, "none"), (0.9999, "all")])
def test_a_share_that_leaves_nothing_on_one_side_is_an_error(share, word):
    with pytest.raises(UserError, match=f"{word} of the 1,442 training images"):
        hold_out(LABELS, share, seed=0)


def test_the_order_depends_on_seed_and_epoch_alone():
    numbers = torch.arange(100)
    torch.manual_seed(1)
    first = shuffled(numbers, 5, "order", 2)
    torch.manual_seed(2)
    assert first.tolist() == shuffled(numbers, 5, "order", 2).tolist()
    assert sorted(first.tolist()) == numbers.tolist()
    others = [
        shuffled(numbers, 6, "order", 2),
        shuffled(numbers, 5, "order", 3),
        shuffled(numbers, 5, "else", 2),
    ]
    assert all(first.tolist() != other.tolist() for other in others)


def test_the_scale_is_the_mean_and_deviation_of_each_channel():
    pixels = torch.randint(0, 256, (50, 3, 7, 5), dtype=torch.uint8)
    scale, exact = scale_of(pixels), pixels.double().transpose(0, 1).flatten(1)
    assert exact.mean(1).tolist() == pytest.approx(scale.mean, rel=1e-12)
    assert exact.std(1, correction=0).tolist() == pytest.approx(scale.std, rel=1e-12)


def test_a_constant_channel_is_not_divided_by_0():
    assert Scale((7.0,), (1.0,)) == scale_of(torch.full((4, 1, 2, 2), 7, dtype=torch.uint8))


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [
        (10, 5, [5, 5]),
        (12, 5, [5, 5, 2]),
        (11, 5, [5, 6]),
        (3, 5, [3]),
        (1, 5, [1]),
        (3, 1, [1, 1, 1]),
        (0, 5, []),
    ],
)
def test_what_is_left_over_is_a_smaller_batch_but_never_a_lone_image(count, size, expected):
    assert expected == list(batch_sizes(count, size))


def test_the_scale_is_of_the_images_to_fit_alone():
    sets = divide(RAW, Train(seed=4, validation=0.5), CPU)
    assert scale_of(PIXELS[sets.fit_F]) == sets.augment.scale
    assert scale_of(PIXELS) != sets.augment.scale


def test_a_batch_larger_than_the_set_is_an_error():
    with pytest.raises(UserError, match="batch_size: 1,300 is more than the 1,299 images"):
        divide(RAW, Train(batch_size=1300), CPU)
    divide(RAW, Train(batch_size=1299), CPU)


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
