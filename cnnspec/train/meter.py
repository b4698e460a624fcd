"""Loss and accuracy of a pass over images, summed where the model runs: reading them waits for it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnspec.core.errors import UserError
from cnnspec.train.errors import SMALLER_LR
from cnnspec.train.events import Score


class Meter:
    """Adds batches up without waiting for the device; `read` waits. The loss is the mean over all that was added."""

    def __init__(self, device: torch.device) -> None:
        # mps has no float64
        precision = torch.float32 if device.type == "mps" else torch.float64
        self._loss = torch.zeros((), dtype=precision, device=device)
        self._correct = torch.zeros((), dtype=torch.int64, device=device)
        self._weight: float | Tensor = 0
        self.images = 0

    def add(self, loss: Tensor, weight: float | Tensor, correct: Tensor, images: int) -> None:
        """Count a batch of so many images, whose mean loss is `loss` and counts `weight`."""
        if isinstance(weight, Tensor):
            self._loss.add_(loss.detach() * weight)
        else:
            self._loss.add_(loss.detach(), alpha=weight)
        self._weight = self._weight + weight
        self._correct.add_(correct)
        self.images += images

    def read(self, when: str = "") -> Score:
        """The score of all that was added. Raises UserError where that is nothing."""
        if not self.images:
            raise UserError(
                f"there is no image left to look at {when}".rstrip(), "Mend the files that are skipped."
            )
        loss = self._loss.item() / (float(self._weight) or 1.0)  # none of the images may count
        return Score(loss, int(self._correct.item()), self.images)


def require_finite_weights(model: nn.Module, epoch: int) -> None:
    """Raise UserError when a weight is NaN or infinite."""
    for name, weight in model.named_parameters():
        if not weight.isfinite().all():
            raise UserError(f"{name} is no longer finite after epoch {epoch}", SMALLER_LR)
