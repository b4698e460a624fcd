"""Adam and what was made of it."""

from pydantic import Field

from cnnspec.declare.arguments import Flag, NonNegativeNumber
from cnnspec.settings.optimizers.base import Betas, Decaying, Foreach, Fused

_DECOUPLED = "Whether weights decay as adamw has it."


class Moments(Decaying):
    """What they share: running means of the gradient and of its square."""

    betas: Betas = Field(
        (0.9, 0.999), description="How slowly the means of the gradient and its square change."
    )
    eps: NonNegativeNumber = Field(1e-8, description="Added to the divisor, so that it is not 0.")


class Adam(Moments, Fused):
    """Steps scaled by the means of the gradient and its square (Kingma & Ba, 2015)."""

    example = "{adam: {lr: 0.001, betas: [0.9, 0.99]}}"

    amsgrad: Flag = Field(
        False, description="Whether the largest mean square so far divides (Reddi et al., 2018)."
    )
    decoupled_weight_decay: Flag = Field(False, description=_DECOUPLED)

    @property
    def averages(self) -> int:
        """One more with amsgrad."""
        return 2 + self.amsgrad


class AdamW(Moments, Fused):
    """Adam whose weight decay does not pass through the means (Loshchilov & Hutter, 2019)."""

    example = "{adamw: {lr: 0.002, weight_decay: 0.05, decay: matrices}}"

    decay_is_added = False

    weight_decay: NonNegativeNumber = Field(
        0.01, description="The share of a weight, times lr, lost each step."
    )
    amsgrad: Flag = Field(
        False, description="Whether the largest mean square so far divides (Reddi et al., 2018)."
    )

    @property
    def averages(self) -> int:
        """One more with amsgrad."""
        return 2 + self.amsgrad


class Adamax(Moments, Foreach):
    """Adam with the largest gradient of late in place of the mean square (Kingma & Ba, 2015)."""

    example = "{adamax: {lr: 0.002}}"
    temporaries = 1

    lr: NonNegativeNumber = Field(0.002, description="Learning rate: how far a step goes.")


class NAdam(Moments, Foreach):
    """Adam with Nesterov's momentum (Dozat, 2016)."""

    example = "{nadam: {lr: 0.002, momentum_decay: 0.004}}"

    lr: NonNegativeNumber = Field(0.002, description="Learning rate: how far a step goes.")
    momentum_decay: NonNegativeNumber = Field(0.004, description="How fast the momentum nears its full size.")
    decoupled_weight_decay: Flag = Field(False, description=_DECOUPLED)


class RAdam(Moments, Foreach):
    """Adam that scales its steps only once the mean square is certain enough (Liu et al., 2020)."""

    example = "{radam: {lr: 0.001, weight_decay: 1e-4}}"

    decoupled_weight_decay: Flag = Field(False, description=_DECOUPLED)
