"""Optimizers that average weights, look at signs alone, or step in matrices."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, Strict

from cnnspec.core.reject import Reject
from cnnspec.declare.arguments import (
    Expect,
    Flag,
    NonNegativeNumber,
    Number,
    PositiveNumber,
    Probability,
    Share,
)
from cnnspec.settings.optimizers.base import Betas, Decaying, Foreach

Pair = Annotated[
    tuple[PositiveNumber, PositiveNumber], Strict(strict=False), Expect("a list of two numbers above 0")
]
Three = Annotated[tuple[Number, Number, Number], Strict(strict=False), Expect("a list of three numbers")]
Adjustment = Annotated[
    Literal["original", "match_rms_adamw", "spectral_unclamped"] | None,
    Expect("one of original, match_rms_adamw, spectral_unclamped, or null"),
]
_LR = "Learning rate: how far a step goes."


class Asgd(Decaying, Foreach):
    """Stochastic gradient descent with an lr that falls, and an average of the weights beside it (Polyak & Juditsky, 1992)."""

    example: ClassVar[str] = "{asgd: {lr: 0.01, t0: 1000}}"
    torch: ClassVar[str] = "ASGD"

    lr: NonNegativeNumber = Field(0.01, description=_LR)
    # lr is divided by (1 + lambd·lr·t)^alpha: a negative base has no such power, and a large one overflows
    lambd: NonNegativeNumber = Field(1e-4, description="How fast lr falls, and weights with it.")
    alpha: Probability = Field(0.75, description="The power with which lr falls.")
    t0: NonNegativeNumber = Field(1e6, description="The step from which on weights are averaged.")


class Rprop(Foreach):
    """Steps that know a gradient's sign alone, longer while it stays the same (Riedmiller & Braun, 1993)."""

    example: ClassVar[str] = "{rprop: {lr: 0.01, step_sizes: [1e-6, 1]}}"
    torch: ClassVar[str] = "Rprop"
    rates: ClassVar[tuple[str, ...]] = ()

    lr: NonNegativeNumber = Field(0.01, description="The first step's length.")
    etas: Pair = Field((0.5, 1.2), description="What a step shrinks by, and what it grows by.")
    step_sizes: Pair = Field((1e-6, 50), description="The shortest step, and the longest.")

    def consistent(self) -> None:
        """Raise Reject unless steps shrink and grow, from the shortest to the longest."""
        if not self.etas[0] < 1 < self.etas[1]:
            message = f"etas are {self.etas[0]:g} and {self.etas[1]:g}: the first shrinks steps, the second lets them grow"
            hint = "Write a number below 1 and one above it, as in etas: [0.5, 1.2]."
            raise Reject("etas-without-one", message, field="etas", hint=hint)
        shortest, longest = self.step_sizes
        if shortest > longest:
            message = f"the shortest step is {shortest:g}, the longest {longest:g}"
            hint = f"Write step_sizes: [{longest:g}, {shortest:g}]."
            raise Reject("bounds-swapped", message, field="step_sizes", hint=hint)


class Muon(Decaying):
    """Steps whose matrices are made orthogonal (Jordan et al., 2024); AdamW moves what is no hidden matrix.

    A convolution's weight is seen as a matrix with a row for each filter. The first layer's weights, the last's,
    which gives the scores, and all biases and norms are AdamW's, as Muon's authors have it.
    """

    example: ClassVar[str] = "{muon: {lr: 0.02, weight_decay: 0.01, adamw_lr: 0.001}}"
    rates: ClassVar[tuple[str, ...]] = ("lr", "adamw_lr")
    hidden_only: ClassVar[bool] = True
    torch: ClassVar[str] = "Muon"

    weight_decay: NonNegativeNumber = Field(
        0.1, description="The share of a weight, times lr, lost each step."
    )
    momentum: Share = Field(0.95, description="The share of the last step that goes on into this one.")
    nesterov: Flag = Field(True, description="Whether the gradient is taken where the momentum leads.")
    ns_coefficients: Three = Field(
        (3.4445, -4.775, 2.0315), description="Of the polynomial that makes a matrix orthogonal."
    )
    eps: NonNegativeNumber = Field(1e-7, description="Added to a matrix's norm before it divides.")
    ns_steps: Annotated[int, Field(ge=1, lt=100), Expect("a whole number from 1 to 99")] = Field(
        5, description="How often the polynomial is applied."
    )
    adjust_lr_fn: Adjustment = Field(
        None,
        description="How lr depends on a matrix's sizes; match_rms_adamw: steps as long as AdamW's. Null: original.",
    )
    adamw_lr: NonNegativeNumber = Field(0.001, description="AdamW's learning rate.")
    adamw_betas: Betas = Field((0.9, 0.999), description="AdamW's betas.")
    adamw_eps: NonNegativeNumber = Field(1e-8, description="AdamW's eps.")
    adamw_weight_decay: NonNegativeNumber = Field(0.01, description="AdamW's weight decay.")
