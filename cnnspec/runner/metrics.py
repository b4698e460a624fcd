"""Metrics: loss and accuracy of a pass over images, and their rows in metrics.jsonl."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.runner.losses import Criterion
from cnnspec.runner.training_events import EpochEnd, Score, TrainingEnd

_COUNTED_TOGETHER = 32
"""Batches whose right answers are counted at once: of a small one the calls cost more than what they do."""


class Metrics:
    """Sums over batches. Right answers are counted in `compute`, or after some batches more."""

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self._loss, self._weight = 0.0, 0.0
        self._correct: Tensor | int = 0
        self._uncounted: list[tuple[Tensor, Tensor]] = []
        self.images = 0

    def update(self, loss: float, weight: float | Tensor, scores_NK: Tensor, labels: Tensor) -> None:
        """Add a batch with this mean loss, which counts `weight` beside the others."""
        self._loss += loss * float(weight)
        self._weight += float(weight)
        self.images += len(labels)
        self._uncounted.append((scores_NK.detach(), labels))
        if len(self._uncounted) == _COUNTED_TOGETHER:
            self._count_correct()

    def compute(self, when: str = "") -> Score:
        """The score of all batches; `when` they were seen is for the error. Raises UserError where there are none."""
        if not self.images:
            message = f"there is no image left to look at {when}".rstrip()
            raise UserError(message, "Mend the files that are skipped.")
        self._count_correct()
        return Score(self._loss / (self._weight or 1.0), int(self._correct), self.images)

    def _count_correct(self) -> None:
        if self._uncounted:
            scores_NK, labels = map(torch.cat, zip(*self._uncounted, strict=True))
            self._correct = self._correct + self._criterion.correct(scores_NK, labels)
            self._uncounted = []


def epoch_row(event: EpochEnd) -> dict[str, float | int | None]:
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


def test_row(event: TrainingEnd) -> dict[str, float | int | None]:
    """The last row of metrics.jsonl; its epoch is the best one, whose weights were tested."""
    return {
        "epoch": event.epoch,
        "step": event.step,
        "test_loss": event.test.loss,
        "test_accuracy": event.test.accuracy,
        "seconds": round(event.seconds, 3),
    }
