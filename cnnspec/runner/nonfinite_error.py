"""The error with which a training ends where a number is not finite. Imports no torch."""

from __future__ import annotations

from cnnspec.core.errors import UserError

SMALLER_LR = "A smaller lr is the usual remedy; `cnnspec tune lr` looks for one."
FIRST_STEP = (
    "No update had been made, so the lr is not to blame. "
    "Look at how the weights start (`init`) and at the images (`cnnspec data`)"
)
FP16 = "or try `precision: fp32`: fp16 holds nothing beyond ±65,504"


class NonFiniteError(UserError):
    """A loss, or a gradient, is no finite number.

    `weights_from` says of which moment the weights are that the model has: `from before that step`; it is empty where
    they are not finite themselves. `epoch` is the one of these weights.
    """

    def __init__(
        self, message: str, hint: str = SMALLER_LR, *, step: int = 0, epoch: int = 0, weights_from: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.step, self.epoch, self.weights_from = step, epoch, weights_from
