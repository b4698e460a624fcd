"""What optimizers share.

`differentiable` and `capturable` are not in the language: the step is never differentiated through, nor
captured in a CUDA graph. LBFGS needs the loss several times a step, SparseAdam gradients that layers here don't give.
"""

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict

from cnnspec.core.errors import Reject
from cnnspec.declare.arguments import Arguments, Expect, Flag, NonNegativeNumber, Share

Choice = Annotated[bool | None, Expect("true, false or null: torch decides")]
Betas = Annotated[
    tuple[Share, Share],
    Strict(strict=False),
    Expect("a list of two numbers from 0, and below 1"),
]


class Optimizer(Arguments):
    """How a step moves the weights: its subclasses have the names of torch.optim's."""

    rates: ClassVar[tuple[str, ...]] = ("lr",)
    """Its learning rates, which a schedule changes; none where lr is that of the first step alone."""

    temporaries: ClassVar[int] = 2
    """Tensors of a weight's size that its step takes for the time, as torch steps one weight after another."""
    usual_lr: ClassVar[tuple[float, float]] = (1e-7, 0.1)
    """From the least to the greatest learning rate that is any use: far beyond what is common."""

    lr: NonNegativeNumber = Field(0.001, description="Learning rate: how far a step goes.")

    @property
    def averages(self) -> int:
        """How many numbers it keeps of each number of a weight."""
        return 2

    @property
    def scratch(self) -> int:
        """Tensors of a weight's size that its step takes for the time."""
        return self.temporaries

    def state(self, shape: tuple[int, ...], *, hidden: bool) -> int:
        """How many numbers it keeps of a weight of this shape; `hidden`: a matrix between the first and the last."""
        return self.averages * math.prod(shape)

    def torch_arguments(self) -> dict[str, Any]:
        """The arguments of its class in torch.optim, but for the weights."""
        return self.model_dump()


class Decaying(Optimizer):
    """What optimizers share that pull weights towards 0."""

    decay_is_added: ClassVar[bool] = True
    """Whether the decay is added to a copy of the gradient, not taken from the weight."""

    weight_decay: NonNegativeNumber = Field(0, description="How strongly weights are pulled towards 0.")
    decay: Literal["all", "matrices"] = Field(
        "all",
        description="What weight_decay is for: all parameters, as torch has it, or matrices alone: the weights of "
        "convolutions and linear layers, but no biases and no scales, as those of norms.",
    )

    @property
    def scratch(self) -> int:
        """One more with a decay that is added to the gradient."""
        return self.temporaries + (self.decay_is_added and self.weight_decay != 0)

    def torch_arguments(self) -> dict[str, Any]:
        """`decay` is none: it decides on the groups of parameters."""
        return self.model_dump(exclude={"decay"})


class HiddenMatrices(Decaying):
    """What optimizers share that are for the matrices between the first and the last; another moves the rest.

    The other's arguments begin with its name, as `adamw_lr` does.
    """

    rest: ClassVar[str]
    """The other's class in torch.optim."""

    def torch_arguments(self) -> dict[str, Any]:
        """Those of its own class alone."""
        return {
            name: value
            for name, value in super().torch_arguments().items()
            if not name.startswith(self._prefix)
        }

    def rest_arguments(self) -> dict[str, Any]:
        """Those of `rest`, by its own names."""
        return {
            name.removeprefix(self._prefix): value
            for name, value in super().torch_arguments().items()
            if name.startswith(self._prefix)
        }

    @property
    def _prefix(self) -> str:
        return f"{self.rest.lower()}_"


class Foreach(Optimizer):
    """What optimizers share that can step all tensors in one call."""

    maximize: Flag = Field(False, description="Whether the loss is made large instead of small.")
    foreach: Choice = Field(None, description="Whether torch steps all tensors in one call.")


class Fused(Foreach):
    """What optimizers share that have a kernel of their own."""

    fused: Choice = Field(None, description="Whether torch takes its fused kernel.")

    def consistent(self) -> None:
        """Raise Reject when both of torch's exclusive implementations are asked for."""
        if self.fused and self.foreach:
            message = "fused and foreach can't both be true"
            raise Reject("fused-with-foreach", message, field="fused", hint="Leave one of them out.")
