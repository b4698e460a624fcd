"""Resilient backpropagation."""

from typing import Annotated

from pydantic import Field, Strict

from cnnspec.core.errors import Reject
from cnnspec.declare.arguments import Expect, NonNegativeNumber, PositiveNumber
from cnnspec.settings.optimizers.base import Foreach

Pair = Annotated[
    tuple[PositiveNumber, PositiveNumber], Strict(strict=False), Expect("a list of two numbers above 0")
]


class Rprop(Foreach):
    """Steps that know a gradient's sign alone, longer while it stays the same (Riedmiller & Braun, 1993)."""

    example = "{rprop: {lr: 0.01, step_sizes: [1e-6, 1]}}"
    usual_lr = (1e-7, 1.0)
    rates = ()
    temporaries = 3

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
