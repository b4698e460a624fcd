"""Torch loads what is said to carry over, and nothing else fits by name."""

from __future__ import annotations

import pytest
import torch

import cnnspec
from cnnspec.compiler.diff.difference import difference

PAIRS = [("mnist", "mnist_named"), ("lenet5", "mnist"), ("resnet18", "resnet34"), ("resnet18", "resnet50")]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_weights_that_carry_over_load(before, after):
    one, other = cnnspec.check(before), cnnspec.check(after)
    weights = difference(one, other).weights
    with torch.device("meta"):
        first, second = cnnspec.build(one).state_dict(), cnnspec.build(other)
    names = {**{name: name for name in weights.same}, **dict(weights.renamed)}
    result = second.load_state_dict(
        {other: first[name] for name, other in names.items()}, strict=False, assign=True
    )
    assert [] == result.unexpected_keys
    left = second.state_dict().keys() - {*names.values(), *result.missing_keys}
    assert {"num_batches_tracked"} >= {name.rpartition(".")[2] for name in left}  # torch doesn't miss it
    theirs = {name: tensor.shape for name, tensor in second.state_dict().items()}
    by_name = {name for name, tensor in first.items() if theirs.get(name) == tensor.shape}
    assert {*weights.same, *weights.mistaken} == by_name
