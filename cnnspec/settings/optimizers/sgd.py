"""Stochastic gradient descent, and its average."""

from pydantic import Field

from cnnspec.core.errors import Reject
from cnnspec.declare.arguments import Flag, NonNegativeNumber, Probability, Share
from cnnspec.settings.optimizers.base import Decaying, Foreach, Fused


class SGD(Decaying, Fused):
    """Stochastic gradient descent, with momentum if you like."""

    example = "{sgd: {lr: 0.1, momentum: 0.9, nesterov: true}}"
    usual_lr = (1e-7, 10.0)

    temporaries = 0

    momentum: Share = Field(0, description="The share of the last step that goes on into this one.")
    dampening: Share = Field(0, description="The share of the gradient that does not enter the momentum.")
    nesterov: Flag = Field(False, description="Whether the gradient is taken where the momentum leads.")

    @property
    def averages(self) -> int:
        """The momentum, where there is one."""
        return int(self.momentum != 0)

    @property
    def scratch(self) -> int:
        """One more where Nesterov's momentum is added to a copy of the gradient."""
        return max(super().scratch, int(self.nesterov))

    def consistent(self) -> None:
        """Raise Reject when Nesterov's momentum has no momentum to work on, or a dampened one."""
        super().consistent()
        if self.nesterov and self.momentum == 0:
            message, hint = "nesterov needs a momentum, which is 0", "Write momentum: 0.9, say, beside it."
            raise Reject("nesterov-without-momentum", message, field="nesterov", hint=hint)
        if self.nesterov and self.dampening != 0:
            message = f"nesterov needs a dampening of 0, it is {self.dampening:g}"
            raise Reject("nesterov-with-dampening", message, field="dampening", hint="Leave dampening out.")


class ASGD(Decaying, Foreach):
    """Stochastic gradient descent with an lr that falls, and an average of the weights beside it (Polyak & Juditsky, 1992)."""

    example = "{asgd: {lr: 0.01, t0: 1000}}"
    temporaries = 0
    usual_lr = (1e-7, 10.0)

    lr: NonNegativeNumber = Field(0.01, description="Learning rate: how far a step goes.")
    # lr is divided by (1 + lambd·lr·t)^alpha: a negative base has no such power, and a large one overflows
    lambd: NonNegativeNumber = Field(1e-4, description="How fast lr falls, and weights with it.")
    alpha: Probability = Field(0.75, description="The power with which lr falls.")
    t0: NonNegativeNumber = Field(1e6, description="The step from which on weights are averaged.")

    @property
    def averages(self) -> int:
        """The average of the weights."""
        return 1
