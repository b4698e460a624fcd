"""The digits that ship with cnnspec, and random images."""

import subprocess
import sys

import pytest

from cnnspec.core.errors import UserError
from cnnspec.data.formats import digits
from cnnspec.data.read import read_dataset
from cnnspec.settings.datasets.own import Fake
from cnnspec.settings.datasets.published import Digits
from tests.data.same import same


@pytest.fixture(scope="module")
def raw():
    return read_dataset(Digits(), (1, 8, 8))


def counts(labels):
    return [labels.tolist().count(label) for label in range(10)]


def test_the_digits_are_as_many_as_their_facts_say(raw):
    facts = Digits().facts(None)
    assert (facts.train_images, *facts.shape) == raw.train.images.shape
    assert (facts.test_images, *facts.shape) == raw.test.images.shape
    assert facts.class_names == raw.class_names
    assert set(range(facts.classes)) == set(raw.test.labels)


def test_the_test_digits_are_a_fifth_of_each_class(raw):
    both = zip(counts(raw.train.labels), counts(raw.test.labels), strict=True)
    assert [(train + test) // 5 for train, test in both] == counts(raw.test.labels)


def test_the_digits_are_scikit_learns(raw):
    """The first row of load_digits: a zero, and its darkest value is 15 of 16."""
    first = [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]
    assert [(255 * value + 8) // 16 for value in first] == list(raw.train.images.ravel()[:16])
    assert list(range(10)) == raw.train.labels[:10].tolist()
    assert 17 == len(set(raw.train.images.ravel()))


def test_the_digits_attribution_stands_beside_them():
    text = digits.FILE.with_name("digits.txt").read_text()
    assert "Creative Commons Attribution 4.0" in text
    assert "Alpaydin and C. Kaynak" in text


def test_files_are_read_and_checked_without_torch():
    script = (
        "import sys; from cnnspec.data.read import read_dataset; from cnnspec.settings.datasets.published import Digits; "
        "read_dataset(Digits(), (1, 8, 8)); print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "False\n" == found.stdout


def test_images_of_another_shape_than_the_networks_are_an_error():
    with pytest.raises(UserError, match="the images of digits are 1×8×8, the network takes 3×8×8"):
        read_dataset(Digits(), (3, 8, 8))


def test_random_images_are_those_of_their_seed():
    config = Fake(classes=3, train_images=7, test_images=4, seed=5)
    raw = read_dataset(config, (2, 3, 4))
    assert ((7, 2, 3, 4), (4, 2, 3, 4)) == (raw.train.images.shape, raw.test.images.shape)
    assert [0, 1, 2, 0, 1, 2, 0] == raw.train.labels.tolist()
    assert ("0", "1", "2") == raw.class_names
    assert same(raw, read_dataset(config, (2, 3, 4)))
    assert not same(raw, read_dataset(config.model_copy(update={"seed": 6}), (2, 3, 4)))
    assert raw.train.images[:4].tolist() != raw.test.images.tolist()


def test_random_images_are_spread_over_all_grey_levels():
    values = read_dataset(Fake(train_images=1000), (1, 16, 16)).train.images.ravel()
    expected = len(values) / 256
    chi = sum(((values == level).sum() - expected) ** 2 / expected for level in range(256))
    assert 150 < chi < 370


def test_random_images_have_a_shape_of_their_own():
    assert (3, 5, 6) == read_dataset(Fake(shape=(3, 5, 6)), (3, 5, 6)).train.image_shape


def test_more_random_images_than_memory_holds_are_an_error():
    with pytest.raises(UserError, match=r"the fake images take [\d,.]+ GiB, this machine has"):
        read_dataset(Fake(train_images=10**12), (3, 224, 224))
