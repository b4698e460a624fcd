"""Optimizers import no torch._dynamo, and are torch's in all else."""

from __future__ import annotations

import json
import subprocess
import sys

import torch
from torch import nn

from cnnspec.runner.optim.optimizer import without_dynamo
from cnnspec.settings.optimizers import OPTIMIZERS
from tests.runner.small_net import backward, batches, differing, optimizer_of, small_net, stepped

FRESH = """
import json, sys
from cnnspec.runner.optim.lr_scheduler import LRScheduler
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from tests.runner.small_net import backward, batches, optimizer_of, small_net

loaded = []
for name in OPTIMIZERS:
    net = small_net()
    optimizer = optimizer_of(OPTIMIZERS[name](), net)
    schedulers = [LRScheduler(SCHEDULES[kind](), optimizer, 2, 1) for kind in ("cosine", "one_cycle", "plateau")]
    for step, (images, labels) in enumerate(batches(2)):
        for scheduler in schedulers:
            scheduler.before_step(step)
        backward(net, images, labels)
        optimizer.step()
        optimizer.zero_grad()
    optimizer.load_state_dict(optimizer.state_dict())
    loaded += [name] if "torch._dynamo" in sys.modules else []
print(json.dumps(loaded))
"""


def test_no_optimizer_imports_dynamo_which_takes_a_second():
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True)
    assert [] == json.loads(done.stdout)


def test_such_an_optimizer_is_torchs_class_in_all_else():
    made = without_dynamo(torch.optim.AdamW)([nn.Parameter(torch.ones(2))])
    assert isinstance(made, torch.optim.AdamW)
    assert "AdamW" == type(made).__name__
    assert without_dynamo(torch.optim.AdamW) is type(made)
    assert "AdamW (\nParameter Group 0" in repr(made)


def test_a_step_forbids_gradients_and_calls_hooks():
    net = small_net()
    made, seen = optimizer_of(OPTIMIZERS["sgd"](), net), []
    made.register_step_post_hook(lambda *_: seen.append(torch.is_grad_enabled()))
    backward(net, *batches(1)[0])
    made.step()
    assert [True] == seen
    assert [] == [name for name, weight in net.named_parameters() if weight.grad_fn is not None]


def test_it_steps_a_compiled_network_too_to_the_last_bit():
    nets = [small_net(), small_net()]
    for net, kind in zip(nets, (torch.optim.SGD, without_dynamo(torch.optim.SGD)), strict=True):
        made = kind(net.parameters(), lr=0.1)
        stepped(torch.compile(net, backend="eager"), made)
    assert [] == differing(*nets)
