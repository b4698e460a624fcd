"""The forward pass: precision, memory format, torch.compile, the output that is scored."""

from __future__ import annotations

import logging

import pytest
import torch
from torch import nn

from cnnspec.backend.precision import Precision
from cnnspec.runner import loop
from cnnspec.runner.forward_pass import Network
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
    epochs_of,
    network,
    state_of,
    trained,
    weights_equal,
    without_norm,
)


class Several(nn.Module):
    """A network with more outputs than the loss takes."""

    def __init__(self, form):
        super().__init__()
        self.inner, self.form = network(), form

    def forward(self, x):
        return self.form(self.inner(x), x)


@pytest.mark.parametrize(
    "form",
    [
        lambda y, x: {"logits": y, "x": x},
        lambda y, x: (y, x),
        lambda y, x: [y, x],
        lambda y, x: {"a": [y, x]},
    ],
)
def test_the_loss_takes_the_first_of_several_outputs(form):
    plain, several = network(), Several(form)
    trained(plain, Train(epochs=1))
    trained(several, Train(epochs=1))
    assert weights_equal(plain, several.inner)


def test_the_cpu_computes_in_bf16_and_scores_are_fp32():
    how = Precision("bf16", torch.channels_last)
    events = trained(network(), Train(epochs=4), how)
    assert epochs_of(events)[-1].validation.accuracy > 0.8
    net = Network(network(), how, CPU)
    seen = []
    net.module[0].register_forward_hook(lambda _module, inputs, output: seen.append((inputs[0], output)))
    scores = net.scores(torch.randn(2, 1, 8, 8))
    assert scores.dtype == torch.float32
    assert seen[0][1].dtype == torch.bfloat16
    assert net.module[0].weight.is_contiguous(memory_format=torch.channels_last)


def test_the_memory_format_changes_a_loss_by_rounding_only():
    losses = []
    for memory_format in (torch.contiguous_format, torch.channels_last):
        events = trained(network(), Train(epochs=1), Precision("fp32", memory_format))
        losses.append(epochs_of(events)[0].train.loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


@pytest.mark.slow
def test_a_compiled_network_trains_like_a_plain_one():
    plain, compiled = without_norm(), without_norm()
    config = Train(epochs=1, batch_size=100, validation=0)
    list(loop.train(state_of(compiled, config, compiled=True)))
    trained(plain, config)
    for expected, found in zip(plain.parameters(), compiled.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def test_a_network_is_compiled_without_a_word_of_a_gpu_that_is_not_there(monkeypatch, caplog):
    monkeypatch.setattr(torch, "compile", lambda module: module)
    Network(network(), Precision("fp32", torch.contiguous_format), CPU, compiled=True)
    logging.getLogger("torch.utils.cpp_extension").warning("No CUDA runtime is found")
    assert [] == caplog.records
