"""What schedules share."""

from typing import Annotated, ClassVar

from pydantic import Field

from cnnspec.core.plural import plural
from cnnspec.core.reject import Reject
from cnnspec.declare.arguments import Arguments, Expect, NonNegativeNumber

Factor = Annotated[float, Field(gt=0, le=1), Expect("a number above 0, at most 1")]


class Schedule(Arguments):
    """How the learning rate changes."""

    main: ClassVar[str | None] = None

    warmup: NonNegativeNumber = Field(
        0,
        description="Epochs, or a part of one, in which lr first grows in a straight line (Goyal et al., 2017).",
    )
    warmup_start: Factor = Field(
        0.01, description="The share that warmup begins with, of the lr that it grows to."
    )

    def fits(self, epochs: int) -> None:
        """Raise Reject, at the schedule, when the training is too short for it."""
        if self.warmup >= epochs:
            hint = f"Write a warmup below {epochs}, or more epochs."
            message = f"warmup takes {self.warmup:g} of the {plural(epochs, 'epoch')}: nothing is left for what follows"
            raise Reject("schedule-too-long", message, field="schedule", hint=hint)

    def doubt(self, lr: float, epochs: int) -> None:
        """Raise Reject where it can be followed but is hardly meant: lr never changes, or the wrong way."""


def require_below(lr: float, name: str, least: float, so: str) -> None:
    """Raise Reject where the least lr, which is called `name`, is more than the optimizer's."""
    if least > lr:
        message = f"{name} is {least:g}, more than the optimizer's lr of {lr:g}: {so}"
        raise Reject("lr-below-least", message, hint=f"Write {name}: {lr / 10:g}, say, or a higher lr.")
