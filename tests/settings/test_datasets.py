"""What is known of a data set before it is opened."""

import subprocess
import sys

import pytest

from cnnspec.settings.datasets import DATA, name_of
from cnnspec.settings.datasets.base import Data, Published
from cnnspec.settings.datasets.own import Csv, Fake, ImageFolder, Npz, Own
from cnnspec.settings.datasets.published import Cifar100, Digits, Emnist, Mnist

PUBLISHED = {name: model for name, model in DATA.items() if issubclass(model, Published)}
VARIANTS = [(name, variant) for name, model in PUBLISHED.items() for variant in model.known]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_all_is_known_of_what_is_published(name, variant):
    facts = PUBLISHED[name].known[variant]
    assert facts.classes == len(facts.class_names) == len(set(facts.class_names))
    assert None not in facts


def test_the_facts_of_emnist_are_its_splits():
    assert 26 == Emnist(split="letters").facts(None).classes
    assert 47 == Emnist().facts((1, 28, 28)).classes
    assert [26] == [Emnist.known[split].classes for split in ["letters"]]


def test_what_the_files_alone_can_tell_is_unknown():
    assert (None, None, (), None, None) == Npz(file="a.npz").facts((3, 4, 5))
    assert ((3, 4, 5), None, (), None, None) == Csv(file="a.csv").facts((3, 4, 5))


@pytest.mark.parametrize(
    ("size", "input_shape", "expected"),
    [
        (None, None, None),
        (None, (64,), None),
        (None, (1, 4, 5), (1, 4, 5)),
        (None, (2, 4, 5), (3, 4, 5)),
        ((6, 7), None, (3, 6, 7)),
        ((6, 7), (64,), (3, 6, 7)),
        ((6, 7), (4, 4, 5), (4, 6, 7)),
    ],
)
def test_pictures_are_of_the_networks_channels_and_of_its_size_or_their_own(size, input_shape, expected):
    assert expected == ImageFolder(root="a", size=size).facts(input_shape).shape


def test_random_images_are_of_the_networks_shape_or_their_own():
    assert ((3, 4, 5), 10, 1000, 200) == tuple(
        part for part in Fake().facts((3, 4, 5)) if not (isinstance(part, tuple) and "0" in part)
    )
    assert (1, 2, 3) == Fake(shape=(1, 2, 3)).facts((3, 4, 5)).shape
    assert ("0", "1") == Fake(classes=2).facts(None).class_names


def test_a_data_set_must_say_what_is_known_of_it():
    with pytest.raises(NotImplementedError):
        Data().facts(None)
    with pytest.raises(NotImplementedError):
        Own().facts(None)


def test_every_data_set_has_its_name():
    assert ("digits", "cifar100", "csv") == (name_of(Digits()), name_of(Cifar100()), name_of(Csv(file="a")))
    assert len(DATA) == len(list(DATA.values()))
    assert DATA["mnist"] is Mnist
    assert DATA["mnist"] is DATA["mnist"]
    assert "minst" not in DATA


def test_what_a_spec_does_not_use_is_not_imported():
    script = (
        "import sys; from cnnspec.settings.datasets import DATA; DATA['mnist']; "
        "print(sorted(m for m in sys.modules if m.startswith('cnnspec.settings.datasets.')))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "['cnnspec.settings.datasets.base', 'cnnspec.settings.datasets.published']\n" == found.stdout
