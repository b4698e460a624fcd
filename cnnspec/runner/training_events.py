"""What happens while a network is trained, as data. The loop yields it; bar, files and logs listen. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from cnnspec.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Score:
    """How well a pass over images went; the loss is their mean, the accuracy from 0 to 1."""

    loss: float
    correct: int
    images: int

    @property
    def accuracy(self) -> float:
        """The share of images whose highest output is the right one."""
        return self.correct / self.images


@dataclass(frozen=True, slots=True)
class TrainingStart:
    """Nothing is trained yet."""

    epochs: int
    steps: int
    """Of the whole training."""
    steps_per_epoch: int
    fit_images: int
    validation_images: int
    how: str
    """Device, numbers, memory format, and where the images are: what `auto` has chosen."""


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """An image could not be read and is left out, with the reason."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class EpochProgress:
    """A moment within an epoch; not every step has one. `step` counts from the start of training."""

    epoch: int
    step: int
    train: Score
    images_per_s: float


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """An epoch is over, and the model is as it left it. `improved`: it is the best so far.

    `images_per_s` is of the training part alone, `seconds` since training began.
    """

    epoch: int
    step: int
    train: Score
    validation: Score | None
    improved: bool
    lr: float
    """The learning rate of the epoch's last update."""
    images_per_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class EarlyStop:
    """Training ends before its last epoch; the test follows."""

    epoch: int
    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class TrainingEnd:
    """The end. The model has its best epoch's weights; `test` is their score on the test set."""

    epoch: int
    step: int
    test: Score
    seconds: float


Event = TrainingStart | SkippedFile | EpochProgress | EpochEnd | EarlyStop | TrainingEnd


# The error that ends a training whose numbers are no numbers any more


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
