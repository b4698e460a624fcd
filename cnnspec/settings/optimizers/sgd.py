"""Stochastic gradient descent."""

from typing import ClassVar

from pydantic import Field

from cnnspec.core.reject import Reject
from cnnspec.declare.arguments import Flag, Share
from cnnspec.settings.optimizers.base import Decaying, Fused


class Sgd(Decaying, Fused):
    """Stochastic gradient descent, with momentum if you like."""

    example: ClassVar[str] = "{sgd: {lr: 0.1, momentum: 0.9, nesterov: true}}"
    torch: ClassVar[str] = "SGD"

    momentum: Share = Field(0, description="The share of the last step that goes on into this one.")
    dampening: Share = Field(0, description="The share of the gradient that does not enter the momentum.")
    nesterov: Flag = Field(False, description="Whether the gradient is taken where the momentum leads.")

    def consistent(self) -> None:
        """Raise Reject when Nesterov's momentum has no momentum to work on, or a dampened one."""
        super().consistent()
        if self.nesterov and self.momentum == 0:
            message, hint = "nesterov needs a momentum, which is 0", "Write momentum: 0.9, say, beside it."
            raise Reject("nesterov-without-momentum", message, field="nesterov", hint=hint)
        if self.nesterov and self.dampening != 0:
            message = f"nesterov needs a dampening of 0, it is {self.dampening:g}"
            raise Reject("nesterov-with-dampening", message, field="dampening", hint="Leave dampening out.")
