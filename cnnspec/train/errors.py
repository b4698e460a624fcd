"""What can end a training. Imports no torch."""

from __future__ import annotations

from cnnspec.core.errors import UserError

SMALLER_LR = "A smaller lr is the usual remedy; `cnnspec tune lr` looks for one."


class NonFiniteError(UserError):
    """The loss is no finite number; `sound`: the weights still are."""

    def __init__(self, message: str, step: int, epoch: int, *, sound: bool) -> None:
        super().__init__(message, SMALLER_LR)
        self.step, self.epoch, self.sound = step, epoch, sound
