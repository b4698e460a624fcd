"""Loss and accuracy of a pass over images. The loss is the mean over all of them, by their weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnspec.core.errors import UserError
from cnnspec.runner.errors import SMALLER_LR
from cnnspec.runner.events import Score
from cnnspec.runner.losses import Criterion

_TOGETHER = 32
"""Batches whose right answers are counted at once: of a small one the calls cost more than what they do."""


class Meter:
    """Adds batches up; to count what is right waits for `read`, or for some batches more."""

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self._loss, self._weight = 0.0, 0.0
        self._correct: Tensor | int = 0
        self._pending: list[tuple[Tensor, Tensor]] = []
        self.images = 0

    def add(self, loss: float, weight: float | Tensor, scores_NK: Tensor, labels: Tensor) -> None:
        """Count a batch with this mean loss, which counts `weight` beside the others."""
        self._loss += loss * float(weight)
        self._weight += float(weight)
        self.images += len(labels)
        self._pending.append((scores_NK.detach(), labels))
        if len(self._pending) == _TOGETHER:
            self._count()

    def _count(self) -> None:
        if self._pending:
            scores_NK, labels = map(torch.cat, zip(*self._pending, strict=True))
            self._correct = self._correct + self._criterion.correct(scores_NK, labels)
            self._pending = []

    def read(self, when: str = "") -> Score:
        """The score of all that was added. Raises UserError where that is nothing."""
        if not self.images:
            raise UserError(
                f"there is no image left to look at {when}".rstrip(), "Mend the files that are skipped."
            )
        self._count()
        return Score(self._loss / (self._weight or 1.0), int(self._correct), self.images)


def require_finite_weights(model: nn.Module, epoch: int) -> None:
    """Raise UserError when a weight is NaN or infinite."""
    for name, weight in model.named_parameters():
        if not weight.isfinite().all():
            raise UserError(f"{name} is no longer finite after epoch {epoch}", SMALLER_LR)
