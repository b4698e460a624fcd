"""What is known of a data set before it is opened, and what is asked of the network after."""

import subprocess
import sys
from array import array

import pytest

from cnnspec.compiler.check import check_text
from cnnspec.core.errors import UserError
from cnnspec.settings.datasets import DATA, name_of
from cnnspec.settings.datasets.base import Data, Published
from cnnspec.settings.datasets.own import Csv, Fake, ImageFolder, Npz, Own
from cnnspec.settings.datasets.published import Cifar100, Digits, Emnist, Mnist
from cnnspec.train.data import READERS, check_outputs, spare_outputs
from cnnspec.train.data.raw import Part, Pixels, Raw

PUBLISHED = {name: model for name, model in DATA.items() if issubclass(model, Published)}
VARIANTS = [(name, variant) for name, model in PUBLISHED.items() for variant in model.known]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_all_is_known_of_what_is_published(name, variant):
    facts = PUBLISHED[name].known[variant]
    assert facts.classes == len(facts.class_names) == len(set(facts.class_names))
    assert None not in facts


@pytest.mark.parametrize("name", sorted(set(PUBLISHED) - {"digits"}))
def test_class_names_are_torchvisions(name):
    from torchvision import datasets  # noqa: PLC0415 -- slow to import

    kinds = {kind.lower(): getattr(datasets, kind) for kind in datasets.__all__}
    theirs = kinds[name.replace("_", "")]
    known = PUBLISHED[name].known
    if name == "emnist":
        assert {
            split: [n for n in names if n != "N/A"] for split, names in theirs.classes_split_dict.items()
        } == {split: list(facts.class_names) for split, facts in known.items()}
    elif hasattr(theirs, "classes") and name != "mnist":
        assert list(known[""].class_names) == theirs.classes


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


def test_every_data_set_has_its_name_and_its_reader():
    assert list(DATA) == list(READERS)
    assert ("digits", "cifar100", "csv") == (name_of(Digits()), name_of(Cifar100()), name_of(Csv(file="a")))
    assert len(DATA) == len(list(DATA.values()))
    assert DATA["mnist"] is Mnist
    assert DATA["mnist"] is DATA["mnist"]
    assert "minst" not in DATA


def test_what_a_spec_does_not_use_is_not_imported():
    script = (
        "import sys; from cnnspec.settings.datasets import DATA; DATA['mnist']; "
        "print(sorted(m for m in sys.modules if m.startswith('cnnspec.language.') and 'd' in m.split('.')[-1]))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "published'" in found.stdout
    assert "published_colour" not in found.stdout
    assert "own_data" not in found.stdout


def raw(*names):
    part = Part(Pixels((1, 1, 1, 1), bytearray(1)), array("q", [0]))
    return Raw(part, None, part, names)


def test_as_many_outputs_as_classes_are_right():
    check_outputs(raw("a", "b", "c"), 3, "fc")
    check_outputs(raw("a", "b"), 1, "fc", binary=True)
    check_outputs(raw("a", "b"), 2, "fc", binary=True)


@pytest.mark.parametrize(
    ("names", "outputs", "binary", "message"),
    [
        ("ab", 1, False, "the data has 2 classes (a, b), fc gives 1 number"),
        ("abc", 1, True, "the data has 3 classes (a, b, c), fc gives 1 number"),
        ("abcdefg", 6, False, "the data has 7 classes (a, b, c, d, e, …), fc gives 6 numbers"),
    ],
)
def test_another_number_of_outputs_is_told_with_the_classes(names, outputs, binary, message):
    with pytest.raises(UserError) as caught:
        check_outputs(raw(*names), outputs, "fc", binary=binary)
    assert (message, f"Let the last layer give {len(names)}.") == (caught.value.message, caught.value.hint)


@pytest.mark.parametrize(
    ("config", "names", "outputs", "words"),
    [
        (
            Npz(file="a.npz"),
            "abc",
            12,
            "the output has 12 numbers, npz has 3 classes. Let the last layer give 3.",
        ),
        (Npz(file="a.npz"), "abc", 3, ""),
        (Npz(file="a.npz"), "abc", 2, ""),
        (Digits(), "0123456789", 12, ""),  # which the check warned of
    ],
)
def test_outputs_that_no_class_has_are_told_once_the_files_have_told_the_classes(
    config, names, outputs, words
):
    plan = check_text(f"cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: {outputs}]\n", "a.yaml").plan
    assert words == spare_outputs(raw(*names), plan, config)
