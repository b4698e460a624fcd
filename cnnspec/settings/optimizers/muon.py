"""Muon: steps of whole matrices."""

import math
from typing import Annotated, Literal

from pydantic import Field, Strict

from cnnspec.declare.arguments import Expect, Flag, NonNegativeNumber, Number, Share
from cnnspec.settings.optimizers.base import Betas, HiddenMatrices

Three = Annotated[tuple[Number, Number, Number], Strict(strict=False), Expect("a list of three numbers")]
Adjustment = Annotated[
    Literal["original", "match_rms_adamw", "spectral_unclamped"] | None,
    Expect("one of original, match_rms_adamw, spectral_unclamped, or null"),
]


class Muon(HiddenMatrices):
    """Steps whose matrices are made orthogonal (Jordan et al., 2024); AdamW moves what is no hidden matrix.

    A convolution's weight is seen as a matrix with a row for each filter. The first layer's weights, the last's,
    which gives the scores, and all biases and norms are AdamW's, as Muon's authors have it.
    """

    example = "{muon: {lr: 0.02, weight_decay: 0.01, adamw_lr: 0.001}}"
    usual_lr = (1e-7, 1.0)
    rest = "AdamW"
    rates = ("lr", "adamw_lr")
    decay_is_added = False
    temporaries = 3

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

    def state(self, shape: tuple[int, ...], *, hidden: bool) -> int:
        """The momentum of hidden matrices; of the rest what AdamW keeps."""
        return (1 if hidden else 2) * math.prod(shape)
