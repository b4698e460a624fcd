"""The digits, how a set is divided, in which order it comes, how it is normalised."""

import subprocess
import sys

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.language.datasets import DATA, Digits
from cnnspec.language.training import Train
from cnnspec.train import data
from cnnspec.train.data import digits
from cnnspec.train.data.dataset import Batches, Images, Scale, batch_sizes, scale_of
from cnnspec.train.data.order import hold_out, shuffled
from cnnspec.train.data.sets import divide

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def dataset():
    return data.load(Digits())


def test_the_digits_are_as_many_as_their_facts_say(dataset):
    assert (Digits.train_images, Digits.test_images) == (len(dataset.train), len(dataset.test))
    assert dataset.train.pixels_NCHW.shape[1:] == Digits.shape
    assert dataset.class_names == Digits.class_names
    assert set(range(Digits.classes)) == set(dataset.test.labels_N.tolist())


def test_every_data_set_has_a_name_for_each_class():
    assert all(len(config.class_names) == config.classes for config in DATA.values())


def test_the_test_digits_are_a_fifth_of_each_class(dataset):
    of_train, of_test = dataset.train.labels_N.bincount(), dataset.test.labels_N.bincount()
    assert ((of_train + of_test) // 5).tolist() == of_test.tolist()


def test_the_digits_are_scikit_learns(dataset):
    """The first row of load_digits: a zero, and its darkest value is 15 of 16."""
    first = [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]
    assert [(255 * value + 8) // 16 for value in first] == dataset.train.pixels_NCHW[0].flatten()[
        :16
    ].tolist()
    assert dataset.train.labels_N[:10].tolist() == list(range(10))
    assert dataset.train.pixels_NCHW.unique().numel() == 17


def test_the_digits_attribution_stands_beside_them():
    text = digits.FILE.with_name("digits.txt").read_text()
    assert "Creative Commons Attribution 4.0" in text
    assert "Alpaydin and C. Kaynak" in text


def test_files_are_read_and_checked_without_torch():
    script = (
        "import sys; from cnnspec.train import data; from cnnspec.language.training import Digits; "
        "data.read(Digits()); print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "False False\n"


def test_what_is_held_out_is_a_share_of_each_class_and_disjoint(dataset):
    labels = dataset.train.labels_N
    fit, held = hold_out(labels, 0.1, seed=3)
    assert sorted([*fit.tolist(), *held.tolist()]) == list(range(len(labels)))
    assert labels[held].bincount().tolist() == [round(0.1 * n) for n in labels.bincount().tolist()]


def test_another_seed_holds_out_others(dataset):
    labels = dataset.train.labels_N
    assert hold_out(labels, 0.1, seed=0)[1].tolist() == hold_out(labels, 0.1, seed=0)[1].tolist()
    assert hold_out(labels, 0.1, seed=0)[1].tolist() != hold_out(labels, 0.1, seed=1)[1].tolist()


def test_nothing_is_held_out_where_the_share_is_0(dataset):
    fit, held = hold_out(dataset.train.labels_N, 0, seed=0)
    assert (len(dataset.train), 0) == (len(fit), len(held))


@pytest.mark.parametrize(("share", "word"), [(1e-6, "none"), (0.9999, "all")])
def test_a_share_that_leaves_nothing_on_one_side_is_an_error(dataset, share, word):
    with pytest.raises(UserError, match=f"{word} of the 1,442 training images"):
        hold_out(dataset.train.labels_N, share, seed=0)


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


def test_a_batch_is_gathered_and_normalised():
    pixels = torch.randint(0, 256, (9, 2, 3, 3), dtype=torch.uint8)
    batches = Batches(Images(pixels, torch.arange(9)), Scale((100.0, 50.0), (10.0, 20.0)))
    order = torch.tensor([8, 1, 3, 5, 0])
    (first, first_labels), (second, second_labels) = batches.of(order, 3)
    mean, std = torch.tensor([100.0, 50.0]).view(2, 1, 1), torch.tensor([10.0, 20.0]).view(2, 1, 1)
    assert torch.equal((pixels[[8, 1, 3]].float() - mean) / std, first)
    assert torch.equal((pixels[[5, 0]].float() - mean) / std, second)
    assert (first_labels.tolist(), second_labels.tolist()) == ([8, 1, 3], [5, 0])


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


def test_the_scale_is_of_the_images_to_fit_alone(dataset):
    sets = divide(dataset, Train(seed=4, validation=0.5), CPU)
    assert scale_of(dataset.train.pixels_NCHW[sets.fit_F]) == sets.scale
    assert scale_of(dataset.train.pixels_NCHW) != sets.scale


def test_a_batch_larger_than_the_set_is_an_error(dataset):
    with pytest.raises(UserError, match="batch_size: 1,300 is more than the 1,299 images"):
        divide(dataset, Train(batch_size=1300), CPU)
    divide(dataset, Train(batch_size=1299), CPU)
