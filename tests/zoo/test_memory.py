"""The zoo's memory is torch's own account of it, within 5 %."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.compiler.memory import inference_memory, training_memory
from cnnspec.library.specs import shipped_networks
from tests.zoo.memory_tracker import at_inference, in_bf16, in_training

IN_EVERY_RUN = {
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "googlenet",
    "mobilenet_v3_small",
    "paddings",
    "resnet18",
    "shufflenet_v2_x0_5",
    "unet_small",
}
WITHIN = 0.05
known_without_torch = pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in IN_EVERY_RUN else pytest.mark.slow) for n in shipped_networks()],
)


@known_without_torch
def test_memory_at_inference_is_what_torch_counts(name: str):
    result = cnnspec.check(name)
    ours = inference_memory(result.require_plan(), result.train)
    assert at_inference(result, 4) == pytest.approx(ours.at(4), rel=WITHIN)


@known_without_torch
@pytest.mark.parametrize("batch_size", [4, 32])
def test_memory_in_training_is_what_torch_counts(name: str, batch_size: int):
    result = cnnspec.check(name)
    ours = training_memory(result.require_plan(), result.train)
    assert in_training(result, batch_size) == pytest.approx(ours.at(batch_size), rel=WITHIN)


@pytest.mark.parametrize(
    "name", ["resnet18", "densenet121", "mobilenet_v2", "unet_small", "shufflenet_v2_x0_5"]
)
def test_memory_in_16_bits_is_what_torch_counts(name: str):
    """Layers whose precision is the same on CPUs and GPUs."""
    result = cnnspec.check(name, {"train.precision": "bf16"})
    ours = training_memory(result.require_plan(), result.train)
    assert in_bf16(result, 16) == pytest.approx(ours.at(16), rel=WITHIN)


@pytest.mark.parametrize(
    "optimizer",
    ["sgd", "{sgd: {momentum: 0.9, nesterov: true}}", "adam", "{adamw: {amsgrad: true}}", "adadelta", "muon"],
)
def test_each_optimizer_takes_its_own_memory(optimizer: str):
    """Of a network that has little but weights."""
    result = cnnspec.check_text(
        "cnnspec: 1\ninput: [64]\nlayers: [linear: 1000, relu, linear: 1000, relu, linear: 10]\n"
        f"train: {{optimizer: {optimizer}}}\n"
    )
    ours = training_memory(result.require_plan(), result.train)
    assert in_training(result, 2) == pytest.approx(ours.at(2), rel=WITHIN)
