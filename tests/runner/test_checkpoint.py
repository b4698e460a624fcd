"""Weights in a file: whole or not there, and read back strictly."""

from __future__ import annotations

import json

import pytest
import safetensors.torch
import torch
from torch import nn

from cnnspec.core.errors import UserError
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.runner import checkpoint
from cnnspec.runner.checkpoint import CheckpointMetadata

METADATA = CheckpointMetadata(
    3, ChannelStatistics((0.1, 2.0), (1 / 3, 70.0)), ("cat", "Ünkraut, 2"), "pad", "0f"
)


FACTS = {"epoch": 1, "mean": [0], "std": [1], "classes": ["a", "b"], "resize": "crop", "test": ""}


def network(features=10):
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.Linear(16, features))


def test_weights_come_back_as_they_were_with_their_scale(tmp_path):
    model, found = (
        network(),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.Linear(16, 10)),
    )
    checkpoint.save(tmp_path / "w.safetensors", model, METADATA)
    assert checkpoint.load(tmp_path / "w.safetensors", found) == METADATA
    pairs = zip(model.state_dict().values(), found.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert [tmp_path / "w.safetensors"] == list(tmp_path.iterdir())


def test_channels_last_weights_are_saved_too(tmp_path):
    model = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    checkpoint.save(tmp_path / "w.safetensors", model, METADATA)
    found = nn.Conv2d(3, 4, 3)
    checkpoint.load(tmp_path / "w.safetensors", found)
    assert torch.equal(model.weight, found.weight)


def refusal(path, model=None):
    with pytest.raises(UserError) as caught:
        checkpoint.load(path, model or network())
    assert "\n" not in caught.value.message
    assert str(path) in caught.value.message
    return caught.value.message


def test_weights_that_are_not_there_are_told(tmp_path):
    assert "no such weights" in refusal(tmp_path / "best.safetensors")


@pytest.mark.parametrize("content", [b"", b"\0" * 7, b"PK\x03\x04 a pickle", b"\xff" * 100])
def test_what_is_no_safetensors_file_is_told(tmp_path, content):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    assert "no safetensors file" in refusal(path)


def test_a_folder_in_the_weights_place_is_told(tmp_path):
    assert "no safetensors file" in refusal(tmp_path)


@pytest.mark.parametrize("kept", [4, 100, 1000, -1])
def test_weights_cut_off_anywhere_are_told(tmp_path, kept):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, network(), METADATA)
    path.write_bytes(path.read_bytes()[:kept])
    assert "cut off" in refusal(path)


def test_weights_of_another_spec_are_told_with_what_differs(tmp_path):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, network(features=12), METADATA)
    message = refusal(path)
    assert "3.weight is 12×16, the spec has 10×16" in message
    assert "3.bias is 12, the spec has 10" in message


def test_of_many_differences_the_first_are_told_and_the_others_counted(tmp_path):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, nn.Sequential(nn.Linear(3, 4)), METADATA)
    message = refusal(path)
    assert "1.weight is missing; 1.bias is missing" in message
    assert message.endswith("and 8 more")


def test_a_foreign_file_without_a_scale_is_told_and_changes_nothing(tmp_path):
    model, path = network(), tmp_path / "w.safetensors"
    for metadata in (
        None,
        {"cnnspec": "{"},
        {"cnnspec": "{}"},
        {"cnnspec": '{"epoch": 1, "mean": 3, "std": []}'},
    ):
        safetensors.torch.save_file({"3.bias": torch.zeros(10)}, path, metadata)
        assert "how its images were made ready" in refusal(path, model)
    assert model[3].bias.any()


@pytest.mark.parametrize(
    "facts",
    [
        '{"epoch": Infinity, "mean": [0], "std": [1]}',
        '{"epoch": 1, "mean": [0], "std": [0]}',
        '{"epoch": 1, "mean": [NaN], "std": [1]}',
        '{"epoch": 1, "mean": [0, 0], "std": [1]}',
        '{"epoch": 1, "mean": "12", "std": "12"}',
        '{"epoch": 1, "mean": [0], "std": [1]}',
        '{"epoch": 1, "mean": [0], "std": [1], "classes": "ab", "resize": "crop"}',
        '{"epoch": 1, "mean": [0], "std": [1], "classes": ["a"], "resize": "zoom"}',
        "[" * 200_000,
        "[]",
    ],
)
def test_a_scale_that_is_none_is_told(tmp_path, facts):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(dict(network().state_dict()), path, {"cnnspec": facts})
    assert "does not say how its images were made ready" in refusal(path)


@pytest.mark.parametrize("dtype", [torch.int32, torch.complex64, torch.float16])
def test_weights_of_another_type_are_told(tmp_path, dtype):
    path = tmp_path / "w.safetensors"
    weights = {name: value.to(dtype) for name, value in network().state_dict().items()}
    safetensors.torch.save_file(weights, path, {"cnnspec": json.dumps(FACTS)})
    assert f"is of {str(dtype)[6:]}, the spec's of float32" in refusal(path)
