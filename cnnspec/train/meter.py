"""Loss and accuracy of a pass over images, summed where the model runs: reading them waits for it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from cnnspec.core.errors import UserError
from cnnspec.train.errors import SMALLER_LR
from cnnspec.train.events import Score


class Meter:
    """Adds batches up without waiting for the device; `read` waits."""

    def __init__(self, device: torch.device) -> None:
        # mps has no float64
        precision = torch.float32 if device.type == "mps" else torch.float64
        self._loss = torch.zeros((), dtype=precision, device=device)
        self._correct = torch.zeros((), dtype=torch.int64, device=device)
        self.images = 0

    def add(self, loss: Tensor, correct: Tensor, images: int) -> None:
        """Count a batch of so many images, whose mean loss is `loss`."""
        self._loss.add_(loss.detach(), alpha=images)
        self._correct.add_(correct)
        self.images += images

    def read(self, when: str = "") -> Score:
        """The score of all that was added. Raises UserError when its loss is no finite number."""
        if not self.images:
            raise UserError(
                f"there is no image left to look at {when}".rstrip(), "Mend the files that are skipped."
            )
        loss = self._loss.item() / self.images
        if not math.isfinite(loss):
            raise UserError(f"the loss is {loss} {when}", SMALLER_LR)
        return Score(loss, int(self._correct.item()), self.images)


def require_finite_weights(model: nn.Module, epoch: int) -> None:
    """Raise UserError when a weight is NaN or infinite."""
    for name, weight in model.named_parameters():
        if not weight.isfinite().all():
            raise UserError(f"{name} is no longer finite after epoch {epoch}", SMALLER_LR)
