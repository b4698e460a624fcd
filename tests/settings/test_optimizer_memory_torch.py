"""How much an optimizer keeps and makes for the time: torch's own account of a step is the judge."""

from __future__ import annotations

import pytest
import torch
from torch.distributed._tools.mem_tracker import MemTracker

from cnnspec.settings.optimizers import OPTIMIZERS

SHAPE = (1000, 1000)
BYTES = 4 * 1000 * 1000
OTHERS = {
    "sgd": [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.1}],
    "adam": [{"amsgrad": True}, {"weight_decay": 0.1}],
    "adamw": [{"amsgrad": True}],
    "adamax": [{"weight_decay": 0.1}],
    "nadam": [{"weight_decay": 0.1}],
    "radam": [{"weight_decay": 0.1}],
    "adadelta": [{"weight_decay": 0.1}],
    "adagrad": [{"weight_decay": 0.1}],
    "rmsprop": [{"momentum": 0.9}, {"centered": True}, {"weight_decay": 0.1}],
    "asgd": [{"weight_decay": 0.1}],
}
CASES = [(name, arguments) for name in OPTIMIZERS for arguments in ({}, *OTHERS.get(name, ()))]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_a_step_takes_what_is_declared(name, arguments):
    config = OPTIMIZERS[name](**arguments)
    weight = torch.nn.Parameter(torch.zeros(SHAPE))
    optimizer = getattr(torch.optim, type(config).__name__)([weight], **config.torch_arguments())
    for _ in range(2):
        weight.grad = torch.zeros(SHAPE)
        tracker = MemTracker()
        tracker.track_external(optimizer, weight, weight.grad)
        with tracker:
            optimizer.step()
    peak, after = (
        sum(snapshot["Total"] for snapshot in tracker.get_tracker_snapshot(when).values())
        for when in ("peak", "current")
    )
    kept = 4 * config.state(SHAPE, hidden=True)
    assert after - 2 * BYTES == pytest.approx(kept, abs=100)
    assert peak - after == pytest.approx(BYTES * config.scratch, abs=0.02 * BYTES)
