"""Data sets have the class names of torchvision's, and readers."""

from importlib import import_module

import pytest

from cnnspec.settings.datasets import DATA
from tests.settings.test_datasets import PUBLISHED


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


@pytest.mark.parametrize("name", DATA)
def test_every_data_set_has_its_reader(name):
    assert callable(import_module(f"cnnspec.data.formats.{DATA[name].reader}").read)
