"""What `train: {schedule: …}` may say: how the learning rate changes while training goes on.

The names and defaults are those of torch.optim.lr_scheduler; lengths are in epochs, and lr may change with each step.
The formulas are torch's, in the same order of operations; cosine's is its closed form.

A new schedule is its class with its formula, and its line in the table below.
"""

import math
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, Strict

from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.declare.arguments import (
    Arguments,
    Expect,
    Flag,
    NonNegative,
    NonNegativeNumber,
    Positive,
    PositiveNumber,
    Probability,
    Share,
)
from cnnspec.declare.registry import Registry

Factor = Annotated[float, Field(gt=0, le=1), Expect("a number above 0, at most 1")]


class Position(NamedTuple):
    """Where a training is when a step is made."""

    step: int
    """From 0, those of warmup not counted; 0 while lr warms up."""
    steps: int
    """Of the whole training, likewise."""
    epoch: int
    """Epochs that are over; those of warmup count."""


class Schedule(Arguments):
    """How the learning rate changes."""

    torch: ClassVar[str | None] = None
    """Its class in torch.optim.lr_scheduler, where lr follows from losses; else it is `rate`, of the position alone."""

    warmup: NonNegativeNumber = Field(
        0,
        description="Epochs, or a part of one, in which lr first grows in a straight line (Goyal et al., 2017).",
    )
    warmup_start: Factor = Field(
        0.01, description="The share that warmup begins with, of the lr that it grows to."
    )

    def require_epochs(self, epochs: int) -> None:
        """Raise Reject, at the schedule, when the training is too short for it."""
        if self.warmup >= epochs:
            hint = f"Write a warmup below {epochs}, or more epochs."
            message = f"warmup takes {self.warmup:g} of the {plural(epochs, 'epoch')}: nothing is left for what follows"
            raise Reject("schedule-too-long", message, field="schedule", hint=hint)

    def rate(self, lr: float, position: Position) -> float:
        """The learning rate of a step, from the one that is written; it stays as it is."""
        del position
        return lr

    def momentum(self, position: Position) -> float | None:
        """The momentum of a step; None where it is the optimizer's own."""
        del position
        return None

    def torch_arguments(self) -> dict[str, Any]:
        """The arguments of its class in torch.optim.lr_scheduler, but for the optimizer."""
        return self.model_dump(exclude={*Schedule.model_fields})

    def require_effect(self, lr: float, epochs: int) -> None:
        """Raise Reject where the schedule has no effect, or raises lr: reported as a warning."""


def require_below(lr: float, name: str, least: float, so: str) -> None:
    """Raise Reject where the least lr, which is called `name`, is more than the optimizer's."""
    if least > lr:
        message = f"{name} is {least:g}, more than the optimizer's lr of {lr:g}: {so}"
        raise Reject("lr-below-least", message, hint=f"Write {name}: {lr / 10:g}, say, or a higher lr.")


@lru_cache(maxsize=64)
def _multiplied(lr: float, gamma: float, times: int) -> float:
    """The rate lr · gamma^times by repeated multiplication, as torch computes it: a power differs in the last bits."""
    for _ in range(times):
        lr *= gamma
    return lr


Epochs = Annotated[
    tuple[Positive, ...], Strict(strict=False), Expect("a list of epochs: whole numbers of at least 1")
]


class Constant(Schedule):
    """lr stays as it is."""

    example = "{constant: {warmup: 1}}"


class Cosine(Schedule):
    """lr falls along half a cosine, from itself to eta_min at the end (Loshchilov & Hutter, 2017).

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·t/T))/2 in step t of T, t from 0, those of warmup not counted.
    """

    example = "{cosine: {eta_min: 1e-5, warmup: 0.5}}"
    main = "eta_min"

    eta_min: NonNegativeNumber = Field(0, description="The learning rate at the end.")

    def rate(self, lr: float, position: Position) -> float:
        """By the formula."""
        if position.step == 0:
            return lr
        cosine = math.cos(math.pi * position.step / position.steps)
        return self.eta_min + (lr - self.eta_min) * (1 + cosine) / 2

    def require_effect(self, lr: float, epochs: int) -> None:
        """Raise Reject where lr would grow."""
        del epochs
        require_below(lr, "eta_min", self.eta_min, "lr grows to it")


class StepDecay(Schedule):
    """lr is multiplied by gamma every step_size epochs, or after the epochs of milestones.

    Epochs are those of the training: those of warmup count.
    """

    example = "{step: {milestones: [5, 8], gamma: 0.1}}"
    main = "step_size"

    step_size: Annotated[Positive | None, Expect("a whole number of at least 1, or null")] = Field(
        None, description="Epochs from one change to the next."
    )
    milestones: Epochs = Field((), description="The epochs after which lr changes.")
    gamma: PositiveNumber = Field(0.1, description="What lr is multiplied by.")

    def consistent(self) -> None:
        """Raise Reject unless one of the two says when."""
        if (self.step_size is None) == (not self.milestones):
            which = (
                "neither step_size nor milestones says"
                if self.step_size is None
                else "step_size and milestones both say"
            )
            hint = "Write `step_size: 10`, say, or `milestones: [10, 15]`."
            raise Reject("step-without-epochs", f"{which} when lr changes", field="milestones", hint=hint)
        if list(self.milestones) != sorted(set(self.milestones)):
            message = f"milestones are {list(self.milestones)}, they must ascend"
            hint = f"Write {sorted(set(self.milestones))}."
            raise Reject("milestones-not-ascending", message, field="milestones", hint=hint)

    def rate(self, lr: float, position: Position) -> float:
        """Multiplied as often as epochs say."""
        if self.step_size is None:
            return _multiplied(lr, self.gamma, bisect_right(self.milestones, position.epoch))
        return _multiplied(lr, self.gamma, position.epoch // self.step_size)

    def require_effect(self, lr: float, epochs: int) -> None:
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

    example = "{exponential: {gamma: 0.8}}"
    main = "gamma"

    gamma: PositiveNumber = Field(description="What lr is multiplied by, such as 0.95.")

    def rate(self, lr: float, position: Position) -> float:
        """Multiplied once for each epoch."""
        return _multiplied(lr, self.gamma, position.epoch)


class Plateau(Schedule):
    """lr is multiplied by factor where the validation's loss, or without one the training's, no longer falls."""

    example = "{plateau: {factor: 0.5, patience: 2}}"
    torch = "ReduceLROnPlateau"

    factor: Share = Field(0.1, description="What lr is multiplied by.")
    patience: NonNegative = Field(10, description="Epochs without a better loss that are allowed.")
    threshold: NonNegativeNumber = Field(1e-4, description="How much lower a loss must be to be better.")
    threshold_mode: Literal["rel", "abs"] = Field(
        "rel", description="Whether threshold is a share of the best loss, or a difference from it."
    )
    cooldown: NonNegative = Field(0, description="Epochs after a change in which nothing is counted.")
    min_lr: NonNegativeNumber = Field(0, description="The least learning rate.")
    eps: NonNegativeNumber = Field(1e-8, description="A smaller change of lr is not made.")

    def require_effect(self, lr: float, epochs: int) -> None:
        """Raise Reject where lr can't fall."""
        require_below(lr, "min_lr", self.min_lr, "lr never falls")
        if (
            self.patience + 2 >= epochs
        ):  # the first epoch is the best so far, the last one's change is not used
            message = f"lr would change first after epoch {self.patience + 2}, the training has {epochs}"
            enough = epochs > 2  # noqa: PLR2004 -- the best one, a worse one, one with another lr
            hint = f"Write patience: {(epochs - 1) // 4}, say." if enough else "Write more epochs."
            raise Reject("lr-never-changes", message, hint=hint)


class OneCycle(Schedule):
    """lr grows to itself from a part of it, then falls to next to nothing (Smith & Topin, 2018).

    The last step has the least lr. A warmup grows to the first lr, and momentum waits for it to end.
    """

    example = "{one_cycle: {pct_start: 0.2}}"

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

    def rate(self, lr: float, position: Position) -> float:
        """From lr / div_factor to lr, then to the least."""
        first = lr / self.div_factor
        last = first / self.final_div_factor
        return self._annealed(position, (first, lr, first, last) if self.three_phase else (first, lr, last))

    def momentum(self, position: Position) -> float | None:
        """Against the learning rate."""
        if not self.cycle_momentum:
            return None
        low, high = self.base_momentum, self.max_momentum
        return self._annealed(position, (high, low, high, high) if self.three_phase else (high, low, high))

    def _annealed(self, position: Position, values: tuple[float, ...]) -> float:
        """From each value to the next, a phase each; the last phase ends with the training."""
        phases = list(pairwise(self._ends(position.steps)))
        number = next((n for n, (_, end) in enumerate(phases) if position.step <= end), len(phases) - 1)
        begin, end = phases[number]
        share = (position.step - begin) / (end - begin) if end > begin else 1.0
        start, goal = values[number : number + 2]
        if self.anneal_strategy == "linear":
            return (goal - start) * share + start
        return goal + (start - goal) / 2.0 * (math.cos(math.pi * share) + 1)

    def _ends(self, steps: int) -> list[float]:
        """The steps at which phases begin and end; they may be fractions."""
        peak, last = float(self.pct_start * steps) - 1, float(steps - 1)
        if self.three_phase:
            return [0.0, peak, float(2 * self.pct_start * steps) - 2, last]
        return [0.0, peak, last]


SCHEDULES = Registry(
    Schedule,
    "cnnspec.settings",
    {
        "constant": "schedules:Constant",
        "cosine": "schedules:Cosine",
        "one_cycle": "schedules:OneCycle",
        "step": "schedules:StepDecay",
        "exponential": "schedules:Exponential",
        "plateau": "schedules:Plateau",
    },
)
