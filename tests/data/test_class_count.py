"""Whether the network has an output for each class that was found in the files."""

import numpy as np
import pytest

from cnnspec.compiler.check import check_text
from cnnspec.core.errors import UserError
from cnnspec.data.class_count import check_outputs, output_warning
from cnnspec.data.dataset import Dataset, Split
from cnnspec.settings.datasets.own import Npz
from cnnspec.settings.datasets.published import Digits


def raw(*names):
    part = Split(np.zeros((1, 1, 1, 1), np.uint8), np.array([0]))
    return Dataset(part, None, part, names)


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
    assert words == output_warning(raw(*names), plan, config)
