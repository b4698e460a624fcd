"""Adagrad and what was made of it: a rate for each weight, from its squared gradients."""

import math
from typing import Annotated

from pydantic import Field, Strict

from cnnspec.declare.arguments import Expect, Flag, NonNegativeNumber, Probability, Share
from cnnspec.settings.optimizers.base import Decaying, Foreach, Fused

Epsilons = Annotated[
    tuple[NonNegativeNumber | None, NonNegativeNumber],
    Strict(strict=False),
    Expect("a list of two numbers of at least 0, the first of which may be null"),
]
NonPositiveNumber = Annotated[float, Field(le=0), Expect("a number of at most 0")]
AtLeastOne = Annotated[float, Field(ge=1), Expect("a number of at least 1")]
_LR = "Learning rate: how far a step goes."


class Adagrad(Decaying, Fused):
    """Steps divided by the root of the sum of all squared gradients (Duchi, Hazan & Singer, 2011)."""

    example = "{adagrad: {lr: 0.01, lr_decay: 1e-4}}"
    temporaries = 1
    usual_lr = (1e-7, 1.0)

    lr: NonNegativeNumber = Field(0.01, description=_LR)
    lr_decay: NonNegativeNumber = Field(
        0, description="lr is divided by 1 + lr_decay times the step's number."
    )
    initial_accumulator_value: NonNegativeNumber = Field(
        0, description="What the sum of squares begins with."
    )
    eps: NonNegativeNumber = Field(1e-10, description="Added to the divisor, so that it is not 0.")

    @property
    def averages(self) -> int:
        """The sum of squares."""
        return 1


class Adadelta(Decaying, Foreach):
    """Steps scaled by the ratio of the mean squares of steps and gradients (Zeiler, 2012)."""

    example = "{adadelta: {lr: 1, rho: 0.95}}"
    usual_lr = (1e-7, 10.0)

    lr: NonNegativeNumber = Field(1.0, description=_LR)
    rho: Probability = Field(0.9, description="How slowly the mean squares change.")
    eps: NonNegativeNumber = Field(1e-6, description="Added to the divisor, so that it is not 0.")


class RMSprop(Decaying, Foreach):
    """Steps divided by the root of the mean squared gradient (Tieleman & Hinton, 2012)."""

    example = "{rmsprop: {lr: 0.01, alpha: 0.9, momentum: 0.9}}"
    temporaries = 1

    lr: NonNegativeNumber = Field(0.01, description=_LR)
    alpha: Share = Field(0.99, description="How slowly the mean square changes.")
    eps: NonNegativeNumber = Field(1e-8, description="Added to the divisor, so that it is not 0.")
    momentum: Share = Field(0, description="The share of the last step that goes on into this one.")
    centered: Flag = Field(False, description="Whether the variance divides, in place of the mean square.")

    @property
    def averages(self) -> int:
        """The mean square, the momentum and the mean, where they are asked for."""
        return 1 + (self.momentum > 0) + self.centered


class Adafactor(Decaying, Foreach):
    """Mean squares kept as a row and a column of each matrix, to save memory (Shazeer & Stern, 2018)."""

    example = "{adafactor: {lr: 0.01, weight_decay: 1e-4}}"
    temporaries = 1
    decay_is_added = False
    usual_lr = (1e-7, 1.0)

    lr: NonNegativeNumber = Field(0.01, description=_LR)
    beta2_decay: NonPositiveNumber = Field(
        -0.8, description="Power of the step number by which the mean square's memory grows."
    )
    eps: Epsilons = Field(
        (None, 0.001),
        description="What keeps divisors from 0: of the squared gradient (null: the dtype's), of the weight's size.",
    )
    d: AtLeastOne = Field(1.0, description="Clipping threshold: larger steps than that are scaled down.")

    def state(self, shape: tuple[int, ...], *, hidden: bool) -> int:
        """A row and a column of the mean squares, of what has two axes; else all of them."""
        *outer, rows, columns = (1, 1, *shape)
        return math.prod(outer) * (rows + columns) if len(shape) > 1 else math.prod(shape)
