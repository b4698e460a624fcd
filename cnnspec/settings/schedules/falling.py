"""Schedules by which the learning rate stays or falls."""

from bisect import bisect_right
from typing import Annotated, ClassVar, Literal

from pydantic import Field, Strict

from cnnspec.core.reject import Reject
from cnnspec.declare.arguments import Expect, NonNegative, NonNegativeNumber, Positive, PositiveNumber
from cnnspec.settings.optimizers.base import Share
from cnnspec.settings.schedules.base import Schedule, require_below

Epochs = Annotated[
    tuple[Positive, ...], Strict(strict=False), Expect("a list of epochs: whole numbers of at least 1")
]


class Constant(Schedule):
    """lr stays as it is."""


class Cosine(Schedule):
    """lr falls along half a cosine, from itself to eta_min at the end (Loshchilov & Hutter, 2017).

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·t/T))/2 in step t of T, t from 0, those of warmup not counted.
    """

    main: ClassVar[str | None] = "eta_min"

    eta_min: NonNegativeNumber = Field(0, description="The learning rate at the end.")

    def doubt(self, lr: float, epochs: int) -> None:
        """Raise Reject where lr would grow."""
        del epochs
        require_below(lr, "eta_min", self.eta_min, "lr grows to it")


class Step(Schedule):
    """lr is multiplied by gamma every step_size epochs, or after the epochs of milestones.

    Epochs are those of the training: those of warmup count.
    """

    main: ClassVar[str | None] = "step_size"

    step_size: Annotated[Positive | None, Expect("a whole number of at least 1, or null")] = Field(
        None, description="Epochs from one change to the next."
    )
    milestones: Epochs = Field((), description="The epochs after which lr changes.")
    gamma: PositiveNumber = Field(0.1, description="What lr is multiplied by.")

    def consistent(self) -> None:
        """Raise Reject unless one of the two says when."""
        if (self.step_size is None) == (not self.milestones):
            told = (
                "neither step_size nor milestones says"
                if self.step_size is None
                else "step_size and milestones both say"
            )
            hint = "Write `step_size: 10`, say, or `milestones: [10, 15]`."
            raise Reject("step-without-epochs", f"{told} when lr changes", field="milestones", hint=hint)
        if list(self.milestones) != sorted(set(self.milestones)):
            message = f"milestones are {list(self.milestones)}, they must ascend"
            hint = f"Write {sorted(set(self.milestones))}."
            raise Reject("milestones-not-ascending", message, field="milestones", hint=hint)

    def changes(self, epoch: int) -> int:
        """How often lr has changed when so many epochs are over."""
        if self.step_size is not None:
            return epoch // self.step_size
        return bisect_right(self.milestones, epoch)

    def doubt(self, lr: float, epochs: int) -> None:
        """Raise Reject where lr never changes."""
        del lr
        first = self.step_size or self.milestones[0]
        if first >= epochs:
            earlier = f"Write {epochs - 1} at most, or more epochs."
            hint = earlier if epochs > 1 else "Write more epochs, or `schedule: constant`."
            message = f"lr would change first after epoch {first}, the training has {epochs}"
            raise Reject("lr-never-changes", message, hint=hint)


class Exponential(Schedule):
    """lr is multiplied by gamma after every epoch; those of warmup count."""

    main: ClassVar[str | None] = "gamma"

    gamma: PositiveNumber = Field(description="What lr is multiplied by, such as 0.95.")


class Plateau(Schedule):
    """lr is multiplied by factor where the validation's loss, or without one the training's, no longer falls."""

    factor: Share = Field(0.1, description="What lr is multiplied by.")
    patience: NonNegative = Field(10, description="Epochs without a better loss that are allowed.")
    threshold: NonNegativeNumber = Field(1e-4, description="How much lower a loss must be to be better.")
    threshold_mode: Literal["rel", "abs"] = Field(
        "rel", description="Whether threshold is a share of the best loss, or a difference from it."
    )
    cooldown: NonNegative = Field(0, description="Epochs after a change in which nothing is counted.")
    min_lr: NonNegativeNumber = Field(0, description="The least learning rate.")
    eps: NonNegativeNumber = Field(1e-8, description="A smaller change of lr is not made.")

    def doubt(self, lr: float, epochs: int) -> None:
        """Raise Reject where lr can't fall."""
        require_below(lr, "min_lr", self.min_lr, "lr never falls")
        if (
            self.patience + 2 >= epochs
        ):  # the first epoch is the best so far, the last one's change is not used
            message = f"lr would change first after epoch {self.patience + 2}, the training has {epochs}"
            enough = epochs > 2  # noqa: PLR2004 -- the best one, a worse one, one with another lr
            hint = f"Write patience: {(epochs - 1) // 4}, say." if enough else "Write more epochs."
            raise Reject("lr-never-changes", message, hint=hint)
