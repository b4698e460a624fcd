"""The run folder: what a training leaves behind, written as it happens.

    spec.yaml            the network and its training as they were written, variant and settings applied
    environment.json     versions, device, threads, seed, command
    metrics.jsonl        a row an epoch, and a last one with the test
    best.safetensors     the weights of the best epoch
    last.safetensors     the weights of the last finished epoch, or from before the step whose loss was not finite
    skipped.txt          image files that could not be read, where there are some

A row's `seconds` are since training began, its `images_per_s` of the training part alone.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import torch
from torch import nn

from cnnspec.backend.precision import Precision
from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError
from cnnspec.runner import checkpoint
from cnnspec.runner.checkpoint import CheckpointMetadata
from cnnspec.runner.metrics import epoch_row, test_row
from cnnspec.runner.training_events import EpochEnd, Event, NonFiniteError, SkippedFile, TrainingEnd

SPEC, ENVIRONMENT, METRICS = "spec.yaml", "environment.json", "metrics.jsonl"
BEST, LAST, SKIPPED = "best.safetensors", "last.safetensors", "skipped.txt"


class RunFolder:
    """A folder of its own for one training."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, parent: Path, name: str, spec: str, environment: Mapping[str, object]) -> RunFolder:
        """`parent/name/n` with the next free n, and all in it that is known beforehand. Raises UserError."""
        run = cls(_new_numbered_folder(parent / (re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run")))
        atomic_files.write_text(run.path / SPEC, spec)
        atomic_files.write_text(run.path / ENVIRONMENT, json.dumps(environment, indent=2) + "\n")
        atomic_files.write_text(run.path / METRICS, "")
        return run

    def record(
        self, events: Iterable[Event], model: nn.Module, metadata: CheckpointMetadata
    ) -> Iterator[Event]:
        """Yield the events, each when what it says is in the folder."""
        try:
            for event in events:
                self._record(event, model, metadata)
                yield event
        except NonFiniteError as error:
            if error.weights_from:
                checkpoint.save(self.path / LAST, model, replace(metadata, epoch=error.epoch))
            raise

    def _record(self, event: Event, model: nn.Module, metadata: CheckpointMetadata) -> None:
        if isinstance(event, EpochEnd):
            self._record_epoch(event, model, replace(metadata, epoch=event.epoch))
        elif isinstance(event, SkippedFile):
            atomic_files.append_line(self.path / SKIPPED, f"{event.file}: {event.reason}")
        elif isinstance(event, TrainingEnd):
            atomic_files.append_row(self.path / METRICS, test_row(event))

    def _record_epoch(self, event: EpochEnd, model: nn.Module, metadata: CheckpointMetadata) -> None:
        if event.improved:
            checkpoint.save(self.path / BEST, model, metadata)
        checkpoint.save(self.path / LAST, model, metadata)
        atomic_files.append_row(self.path / METRICS, epoch_row(event))


def _new_numbered_folder(parent: Path) -> Path:
    """A new folder with the number after the highest; whoever else makes it first, we take the next."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = 1 + max(map(_run_number, parent.iterdir()), default=0)
        while True:
            folder = parent / str(number)
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        message = f"{parent}: no run folder can be made there ({error.strerror or error})"
        raise UserError(message, "Give another place with --out.") from error


def _run_number(entry: Path) -> int:
    return int(entry.name) if re.fullmatch("[0-9]{1,9}", entry.name) else 0


# What environment.json holds


_PACKAGES = ("cnnspec", "torch", "numpy", "pillow", "safetensors")


def environment_data(
    device: torch.device, precision: Precision, seed: int, command: Sequence[str]
) -> dict[str, object]:
    """Versions, device, threads, seed and command; nothing that tells whose machine it was."""
    return {
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES},
        "platform": f"{platform.system()} {platform.machine()}",
        "device": str(device),
        "device_name": _name(device),
        "precision": precision.name,
        "memory_format": str(precision.memory_format).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "seed": seed,
        "command": list(command),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else device.type
