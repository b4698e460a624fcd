"""What can end a training. Imports no torch."""

from __future__ import annotations

from cnnspec.core.errors import UserError

SMALLER_LR = "A smaller lr is the usual remedy; `cnnspec tune lr` looks for one."


class NonFiniteError(UserError):
    """A loss, or a gradient, is no finite number.

    `kept` says of which moment the weights are that the model has: `from before that step`; it is empty where they are
    not finite themselves. `epoch` is the one of these weights.
    """

    def __init__(self, message: str, *, step: int = 0, epoch: int = 0, kept: str = "") -> None:
        super().__init__(message, SMALLER_LR)
        self.step, self.epoch, self.kept = step, epoch, kept
