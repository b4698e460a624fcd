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
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from torch import nn

from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError
from cnnspec.runner import checkpoint
from cnnspec.runner.checkpoint import About
from cnnspec.runner.errors import NonFiniteError
from cnnspec.runner.events import Epoch, Event, Finished, Skipped

SPEC, ENVIRONMENT, METRICS = "spec.yaml", "environment.json", "metrics.jsonl"
BEST, LAST, SKIPPED = "best.safetensors", "last.safetensors", "skipped.txt"


class Run:
    """A folder of its own for one training."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, parent: Path, name: str, spec: str, environment: Mapping[str, object]) -> Run:
        """`parent/name/n` with the next free n, and all in it that is known beforehand. Raises UserError."""
        run = cls(_numbered(parent / (re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run")))
        atomic_files.write_text(run.folder / SPEC, spec)
        atomic_files.write_text(run.folder / ENVIRONMENT, json.dumps(environment, indent=2) + "\n")
        atomic_files.write_text(run.folder / METRICS, "")
        return run

    def record(self, events: Iterable[Event], model: nn.Module, about: About) -> Iterator[Event]:
        """Pass the events on, each when what it says is in the folder."""
        try:
            for event in events:
                self._record(event, model, about)
                yield event
        except NonFiniteError as error:
            if error.kept:
                checkpoint.save(self.folder / LAST, model, replace(about, epoch=error.epoch))
            raise

    def _record(self, event: Event, model: nn.Module, about: About) -> None:
        if isinstance(event, Epoch):
            self._record_epoch(event, model, replace(about, epoch=event.epoch))
        elif isinstance(event, Skipped):
            atomic_files.append_line(self.folder / SKIPPED, f"{event.file}: {event.reason}")
        elif isinstance(event, Finished):
            atomic_files.append_row(self.folder / METRICS, test_row(event))

    def _record_epoch(self, event: Epoch, model: nn.Module, about: About) -> None:
        if event.improved:
            checkpoint.save(self.folder / BEST, model, about)
        checkpoint.save(self.folder / LAST, model, about)
        atomic_files.append_row(self.folder / METRICS, epoch_row(event))


def epoch_row(event: Epoch) -> dict[str, float | int | None]:
    """A row of metrics.jsonl."""
    validation = event.validation
    return {
        "epoch": event.epoch,
        "step": event.step,
        "train_loss": event.train.loss,
        "train_accuracy": event.train.accuracy,
        "val_loss": validation.loss if validation else None,
        "val_accuracy": validation.accuracy if validation else None,
        "lr": event.lr,
        "images_per_s": round(event.images_per_s, 1),
        "seconds": round(event.seconds, 3),
    }


def test_row(event: Finished) -> dict[str, float | int | None]:
    """The last row of metrics.jsonl; its epoch is the best one, whose weights were tested."""
    return {
        "epoch": event.epoch,
        "step": event.step,
        "test_loss": event.test.loss,
        "test_accuracy": event.test.accuracy,
        "seconds": round(event.seconds, 3),
    }


def _numbered(parent: Path) -> Path:
    """A new folder with the number after the highest; whoever else makes it first, we take the next."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = 1 + max(map(_number_of, parent.iterdir()), default=0)
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


def _number_of(entry: Path) -> int:
    return int(entry.name) if re.fullmatch("[0-9]{1,9}", entry.name) else 0
