"""What rules refuse, and graphs, counts and the garbage collector."""

from __future__ import annotations

import gc

import pytest

from cnnspec.core.emit import Function, Module
from cnnspec.core.errors import Reject, UserError, rejects_as_user_errors
from cnnspec.core.gc_pause import gc_paused
from cnnspec.core.graph import components
from cnnspec.core.plural import plural
from cnnspec.core.shape import Shape, is_image


def test_what_a_rule_refuses_of_a_file_is_a_user_error():
    with pytest.raises(UserError, match="loss: no classes") as caught, rejects_as_user_errors("loss: "):
        raise Reject("no-classes", "no classes", field="labels", hint="Label the images.")
    assert "Label the images." == caught.value.hint
    with rejects_as_user_errors():
        pass


def test_nodes_that_reach_each_other_are_one_component():
    found = components({"a": "b", "b": "ca", "c": "d", "d": "c", "e": "a", "f": "f"})
    groups = {frozenset(name for name in found if found[name] == root) for root in found.values()}
    assert {frozenset("ab"), frozenset("cd"), frozenset("e"), frozenset("f")} == groups


def test_a_long_chain_takes_no_deep_stack():
    names = [str(number) for number in range(20_000)]
    graph = {name: [after] for name, after in zip(names, [*names[1:], names[0]], strict=True)}
    assert 1 == len(set(components(graph).values()))


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_paused_and_then_as_it_was(enabled):
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with gc_paused():
            assert not gc.isenabled()
        assert enabled == gc.isenabled()
    finally:
        (gc.enable if was else gc.disable)()


def test_counts_have_their_words():
    counted = [plural(1, "epoch"), plural(2, "epoch"), plural(1_000, "batch"), plural(3, "class")]
    assert ["1 epoch", "2 epochs", "1,000 batches", "3 classes"] == counted


def test_a_shape_knows_its_channels_and_its_spatial_axes():
    image = Shape((28, 28, 3), 2)
    assert (3, (28, 28), 2, True) == (image.channels, image.spatial, image.rank, image.known)
    assert Shape((28, 28, 8), 2) == image.with_channels(8)
    unknown = image.replace(0, None)
    assert ("?×28×3", False) == (str(unknown), unknown.known)


def test_three_sizes_are_an_image():
    assert (True, False) == (is_image((3, 28, 28)), is_image((3, 28)))


def test_equal_calls_of_torch_are_equal_data():
    assert Module("torch.nn.ReLU") == Module("torch.nn.ReLU", (), {})
    assert Function("torch.cat", kwargs={"dim": 1}) != Function("torch.cat", kwargs={"dim": 2})
