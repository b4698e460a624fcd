"""How many numbers an optimizer keeps of a weight, and makes for the time of a step."""

from __future__ import annotations

import pytest

from cnnspec.settings.optimizers import OPTIMIZERS

SHAPE = (100, 200)


@pytest.mark.parametrize(
    ("name", "arguments", "copies", "temporaries"),
    [
        ("sgd", {}, 0, 0),
        ("sgd", {"momentum": 0.9}, 1, 0),
        ("sgd", {"momentum": 0.9, "nesterov": True}, 1, 1),
        ("sgd", {"weight_decay": 0.1}, 0, 1),
        ("adam", {}, 2, 2),
        ("adam", {"amsgrad": True, "weight_decay": 0.1}, 3, 3),
        ("adamw", {}, 2, 2),
        ("adamw", {"amsgrad": True}, 3, 2),
        ("adamax", {}, 2, 1),
        ("nadam", {}, 2, 2),
        ("radam", {}, 2, 2),
        ("adadelta", {}, 2, 2),
        ("adagrad", {}, 1, 1),
        ("rmsprop", {}, 1, 1),
        ("rmsprop", {"momentum": 0.9, "centered": True}, 3, 1),
        ("asgd", {}, 1, 0),
        ("rprop", {}, 2, 3),
    ],
)
def test_copies_of_a_weight(name, arguments, copies, temporaries):
    optimizer = OPTIMIZERS[name](**arguments)
    assert (20_000 * copies, temporaries) == (optimizer.state(SHAPE, hidden=True), optimizer.scratch)


def test_adafactor_keeps_a_row_and_a_column():
    optimizer = OPTIMIZERS["adafactor"]()
    kept = [optimizer.state(shape, hidden=False) for shape in (SHAPE, (8, 4, 3, 3), (7,))]
    assert [300, 8 * 4 * 6, 7] == kept


def test_muon_keeps_one_copy_of_hidden_matrices_and_two_of_the_rest():
    optimizer = OPTIMIZERS["muon"]()
    assert [20_000, 40_000] == [optimizer.state(SHAPE, hidden=hidden) for hidden in (True, False)]
