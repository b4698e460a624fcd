"""One cycle of the learning rate."""

from typing import Literal

from pydantic import Field

from cnnspec.core.reject import Reject
from cnnspec.declare.arguments import Flag, PositiveNumber, Probability
from cnnspec.settings.optimizers.base import Share
from cnnspec.settings.schedules.base import Schedule


class OneCycle(Schedule):
    """lr grows to itself from a part of it, then falls to next to nothing (Smith & Topin, 2018).

    The last step has the least lr. A warmup grows to the first lr, and momentum waits for it to end.
    """

    pct_start: Probability = Field(0.3, description="The share of the steps in which lr grows.")
    anneal_strategy: Literal["cos", "linear"] = Field(
        "cos", description="Along a cosine, or a straight line."
    )
    cycle_momentum: Flag = Field(
        True,
        description="Whether momentum, or the first of betas, falls while lr grows, from max_momentum whatever the "
        "optimizer has; nothing where the optimizer knows neither.",
    )
    base_momentum: Share = Field(0.85, description="The least momentum, at the highest lr.")
    max_momentum: Share = Field(0.95, description="The greatest momentum, at the lowest lr.")
    div_factor: PositiveNumber = Field(25, description="The first lr is lr / div_factor.")
    final_div_factor: PositiveNumber = Field(1e4, description="The last lr is the first / final_div_factor.")
    three_phase: Flag = Field(
        False, description="Whether lr falls as it grew, then to its end, in place of falling at once."
    )

    def consistent(self) -> None:
        """Raise Reject where the momenta are the wrong way round, or three phases don't fit."""
        if self.base_momentum > self.max_momentum:
            message = f"base_momentum {self.base_momentum:g} is more than max_momentum {self.max_momentum:g}"
            raise Reject("bounds-swapped", message, field="base_momentum", hint="Exchange them.")
        if self.three_phase and self.pct_start * 2 >= 1:
            message = (
                f"of three phases two have the share {self.pct_start:g} each: nothing is left for the third"
            )
            hint = "Write a pct_start below 0.5."
            raise Reject("schedule-too-long", message, field="pct_start", hint=hint)
