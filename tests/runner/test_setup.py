"""From a checked spec to a training: how its network lies in memory, and what may not fit there."""

from __future__ import annotations

import pytest
import torch

from cnnspec.backend.build import build
from cnnspec.compiler.check import check_text
from cnnspec.compiler.checks.training.channels_last import against_channels_last
from cnnspec.core.errors import UserError
from cnnspec.data.read import read_dataset
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.library.specs import check
from cnnspec.runner import checkpoint, setup
from cnnspec.runner.setup import network_of
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
)


@pytest.mark.parametrize(
    "failure", [torch.OutOfMemoryError("cuda"), RuntimeError("can't allocate memory: 4 TB")]
)
def test_a_training_that_runs_out_of_memory_says_so(monkeypatch, tmp_path, failure):
    result = check("digits")

    def exhausted(*_args):
        raise failure

    monkeypatch.setattr(setup.loop, "train_epoch", exhausted)
    training = setup.start_training(
        result.plan, result.train, read_dataset(result.data, (1, 8, 8)), spec="", out=tmp_path, command=[]
    )
    with pytest.raises(UserError, match="batches of 64"):
        list(training.events)
    monkeypatch.setattr(setup.loop, "evaluate", exhausted)
    weights = tmp_path / "w.safetensors"
    checkpoint.save(
        weights,
        build(result.plan),
        checkpoint.CheckpointMetadata(1, ChannelStatistics((0.0,), (1.0,)), tuple("0123456789"), "crop", ""),
    )
    with pytest.raises(UserError, match="batches of 64"):
        setup.evaluate_run(result.plan, result.train, read_dataset(result.data, (1, 8, 8)), weights)


PLANES = "input: [3, 8, 8]\nlayers: [{conv: {out_channels: 2, kernel_size: 3}}, flatten, linear: 10]"


DEEPER = (
    "{unflatten: {axis: 0, unflattened_size: [2, 2]}}, {conv: {out_channels: 3, kernel_size: [1, 3, 3]}}, "
    "flatten, linear: 10"
)


VOLUMES = f"input: [4, 8, 8]\nlayers: [{DEEPER}]"


BOTH = f"input: [4, 8, 8]\nlayers: [{{conv: {{out_channels: 4, kernel_size: 1}}}}, {DEEPER}]"


FLAT = "input: [3, 8, 8]\nlayers: [flatten, linear: 2]"


LINE = "input: [2, 100]\nlayers: [{conv: {out_channels: 2, kernel_size: 3}}, flatten, linear: 2]"


def plan_of(text):
    result = check_text(f"cnnspec: 1\n{text}\n")
    assert result.plan is not None, result.diagnostics
    return result.plan


@pytest.mark.parametrize(
    ("text", "against"),
    [
        (PLANES, ""),
        (VOLUMES, "no layer here has such filters"),
        (BOTH, "2.weight has 5 axes"),
        (FLAT, "no layer here has such filters"),
        (LINE, "the input is 2×100"),
    ],
    ids=["2-d", "3-d", "both", "no filters", "1-d"],
)
def test_a_plan_says_why_channels_last_is_not_for_it(text, against):
    assert against == against_channels_last(plan_of(text))


@pytest.mark.parametrize("text", [VOLUMES, BOTH, FLAT, LINE], ids=["3-d", "both", "no filters", "1-d"])
def test_what_has_not_2d_convolutions_alone_lies_as_torch_has_it(text):
    plan = plan_of(text)
    network = network_of(plan, Train(), CPU)
    assert torch.contiguous_format == network.precision.memory_format
    assert network.scores(torch.zeros(2, *plan.image)).isfinite().all()


def test_2d_convolutions_lie_channels_last_where_that_is_faster():
    expected = torch.channels_last if torch.backends.mkldnn.is_available() else torch.contiguous_format
    assert expected == network_of(plan_of(PLANES), Train(), CPU).precision.memory_format


def test_channels_last_that_can_not_be_is_refused_with_its_reason():
    wanted = "data: fake\ntrain: {memory_format: channels_last}"
    (found,) = check_text(f"cnnspec: 1\n{BOTH}\n{wanted}").diagnostics
    expected = (
        "channels_last is for 2-d convolutions of images, which have two spatial axes: 2.weight has 5 axes"
    )
    assert ("no-planes", expected, 5) == (found.code, found.message, found.place.line)
    assert found.hint == "Leave memory_format out."
    assert check_text(f"cnnspec: 1\n{PLANES}\n{wanted}").ok
    config = Train(memory_format="channels_last")
    assert torch.channels_last == network_of(plan_of(PLANES), config, CPU).precision.memory_format
