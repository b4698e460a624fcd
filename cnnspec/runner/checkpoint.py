"""Weights in a safetensors file, with what must be known to use them: how images enter, what classes are called."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
from torch import Tensor, nn

from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError
from cnnspec.data.dataset import RESIZES, Resize
from cnnspec.data.statistics import ChannelStatistics

_KEY = "cnnspec"
_SHOWN_DIFFERENCES = 3


@dataclass(frozen=True, slots=True)
class CheckpointMetadata:
    """What stands beside the weights: the epoch that left them, how images enter, what the classes are called."""

    epoch: int
    statistics: ChannelStatistics
    """What images are normalised by."""
    class_names: tuple[str, ...]
    resize: Resize
    """How a picture of another size is made to fit: crop, stretch or pad."""
    test: str
    """The digest of the images that the training was tested with."""


def save(path: Path, model: nn.Module, metadata: CheckpointMetadata) -> None:
    """The model's state_dict in one step: never half a file. Raises UserError."""
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    # one key: safetensors writes several in an order that changes from run to run
    facts = {
        "epoch": metadata.epoch,
        "mean": metadata.statistics.mean,
        "std": metadata.statistics.std,
        "classes": metadata.class_names,
        "resize": metadata.resize,
        "test": metadata.test,
    }
    atomic_files.write(path, safetensors.torch.save(weights, {_KEY: json.dumps(facts)}))


def epoch_of(path: Path) -> int | None:
    """The epoch that left the weights of a file; None where there is no such file."""
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return _metadata(file.metadata() or {}).epoch
    except FileNotFoundError:
        return None


def load(path: Path, model: nn.Module) -> CheckpointMetadata:
    """Give the model the file's weights. Raises UserError when they are not this model's, to the last shape."""
    weights, metadata = _read(path)
    differences = _differences(weights, model.state_dict())
    if differences:
        shown = "; ".join(differences[:_SHOWN_DIFFERENCES])
        more = (
            f"; and {len(differences) - _SHOWN_DIFFERENCES} more"
            if len(differences) > _SHOWN_DIFFERENCES
            else ""
        )
        raise UserError(f"{path}: the weights are of another spec: {shown}{more}")
    model.load_state_dict(weights)
    return metadata


def _read(path: Path) -> tuple[dict[str, Tensor], CheckpointMetadata]:
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            metadata = _metadata(file.metadata() or {})
            return {name: file.get_tensor(name) for name in file.keys()}, metadata  # noqa: SIM118 -- no mapping
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: there are no such weights",
            "The run ended before its first epoch did, or the file was taken away.",
        ) from error
    except (safetensors.SafetensorError, OSError) as error:
        raise UserError(f"{path}: cut off, damaged or no safetensors file ({error})") from error
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UserError(
            f"{path}: it does not say how its images were made ready: not written by cnnspec"
        ) from error


def _metadata(written: Mapping[str, str]) -> CheckpointMetadata:
    facts = json.loads(written[_KEY])
    mean, std = tuple(map(float, facts["mean"])), tuple(map(float, facts["std"]))
    finite = all(map(math.isfinite, mean + std)) and all(value > 0 for value in std)
    if not (
        isinstance(facts["mean"], list)
        and isinstance(facts["std"], list)
        and finite
        and len(mean) == len(std)
    ):
        raise ValueError(facts)
    if not isinstance(facts["classes"], list) or facts["resize"] not in RESIZES:
        raise ValueError(facts)
    classes = tuple(map(str, facts["classes"]))
    return CheckpointMetadata(
        int(facts["epoch"]), ChannelStatistics(mean, std), classes, facts["resize"], str(facts["test"])
    )


def _differences(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> list[str]:
    missing = [f"{name} is missing" for name in wanted if name not in found]
    foreign = [f"{name} is not in the spec" for name in found if name not in wanted]
    shapes = [
        f"{name} is {_shape(found[name])}, the spec has {_shape(value)}"
        for name, value in wanted.items()
        if name in found and found[name].shape != value.shape
    ]
    types = [
        f"{name} is of {_type(found[name])}, the spec's of {_type(value)}"
        for name, value in wanted.items()
        if name in found and found[name].dtype != value.dtype
    ]
    return shapes + types + missing + foreign


def _shape(value: Tensor) -> str:
    return "×".join(map(str, value.shape)) or "a number"


def _type(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
