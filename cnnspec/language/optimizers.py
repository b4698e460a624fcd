"""What `train: {optimizer: …}` may say: torch.optim's names, arguments and defaults.

A new optimizer is its class and its line in the table below, and what it is in torch in `train/optim.py`.
"""

from typing import Annotated

from pydantic import Field, Strict

from cnnspec.core.reject import Reject
from cnnspec.layers.fields import Arguments, Expect, Flag, NonNegativeNumber, Number

Choice = Annotated[bool | None, Expect("true or false, or left out: torch decides")]
Share = Annotated[float, Field(ge=0, lt=1), Expect("a number from 0, and below 1")]
Betas = Annotated[
    tuple[Share, Share],
    Strict(strict=False),
    Expect("a list of two numbers from 0, and below 1"),
]


class Optimizer(Arguments):
    """How a step moves the weights: torch.optim's names and defaults.

    `differentiable` and `capturable` are not here: the step is never differentiated through, nor
    captured in a CUDA graph.
    """

    lr: NonNegativeNumber = Field(0.001, description="Learning rate: how far a step goes.")
    weight_decay: NonNegativeNumber = Field(0, description="How strongly weights are pulled towards 0.")
    maximize: Flag = Field(False, description="Whether the loss is made large instead of small.")
    foreach: Choice = Field(
        None, description="Whether torch steps all tensors in one call, or decides itself."
    )
    fused: Choice = Field(None, description="Whether torch takes its fused kernel, or decides itself.")

    def consistent(self) -> None:
        """Raise Reject when both of torch's exclusive implementations are asked for."""
        if self.fused and self.foreach:
            message = "fused and foreach can't both be true"
            raise Reject("fused-with-foreach", message, field="fused", hint="Leave one of them out.")


class Sgd(Optimizer):
    """Stochastic gradient descent, with momentum if you like."""

    momentum: NonNegativeNumber = Field(
        0, description="The share of the last step that goes on into this one."
    )
    dampening: Number = Field(0, description="The share of the gradient that does not enter the momentum.")
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


class Adaptive(Optimizer):
    """What Adam and AdamW share: running means of the gradient and of its square."""

    betas: Betas = Field(
        (0.9, 0.999), description="How slowly the means of the gradient and its square change."
    )
    eps: NonNegativeNumber = Field(1e-8, description="Added to the divisor, so that it is not 0.")
    amsgrad: Flag = Field(
        False, description="Whether the largest mean square so far divides (Reddi et al., 2018)."
    )


class Adam(Adaptive):
    """Steps scaled by the means of the gradient and its square (Kingma & Ba, 2015)."""

    decoupled_weight_decay: Flag = Field(False, description="Whether weights decay as adamw has it.")


class AdamW(Adaptive):
    """Adam whose weight decay does not pass through the means (Loshchilov & Hutter, 2019)."""

    weight_decay: NonNegativeNumber = Field(
        0.01, description="The share of a weight, times lr, lost each step."
    )


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": Sgd, "adam": Adam, "adamw": AdamW}
