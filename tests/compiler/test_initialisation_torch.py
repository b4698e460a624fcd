"""`init: null` leaves a parameter as torch has it."""

from __future__ import annotations

import torch

import cnnspec
from tests.compiler.test_initialisation import NETWORK


def test_null_leaves_a_parameter_as_torch_has_it():
    torch.manual_seed(0)
    ours = cnnspec.build(cnnspec.check_text(NETWORK))
    torch.manual_seed(0)
    theirs = cnnspec.build(
        cnnspec.check_text(NETWORK.replace("zeros", "null").replace("{constant: 1}", "null"))
    )
    for name in ("torchs.weight", "torchs.bias", "partial.bias", "free.0.weight", "free.0.bias"):
        assert torch.equal(theirs.get_parameter(name), ours.get_parameter(name))
    assert 0 == ours.get_parameter("partial.weight").count_nonzero()
