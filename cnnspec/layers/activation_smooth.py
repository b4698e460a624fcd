"""Activations II: smooth curves."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cnnspec.layers.activation import Activation
from cnnspec.layers.fields import Number, PositiveNumber


class Sigmoid(Activation):
    """Squeezes every value into 0 to 1.

    Formula: y = 1 / (1 + e⁻ˣ)

    When: Gates, and an output that says yes or no for each class by itself.

    Against: Inside a network gradients vanish: they are at most 1/4, and near 0 for large |x|. Not
    centred, and dearer than relu. As the last layer use a loss that includes it (bce_with_logits).
    """

    normalises: ClassVar[bool] = True

    target: ClassVar[str] = "Sigmoid"


class Tanh(Activation):
    """Squeezes every value into −1 to 1.

    Formula: y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)

    When: An output in −1 to 1, as a generator's picture; LeNet and its time.

    Against: Gradients vanish for large |x|, and it costs more than relu; but it is centred, unlike
    sigmoid.
    """

    target: ClassVar[str] = "Tanh"


class Tanhshrink(Activation):
    """Takes tanh away from its input: small values almost vanish, large ones lose 1.

    Formula: y = x − tanh(x)

    When: Sparse coding, as a smooth softshrink.

    Against: Around 0 it is flat, x³/3, and so is its gradient.
    """

    target: ClassVar[str] = "Tanhshrink"


class GELU(Activation):
    """Weights each value by the chance that a normal variable is below it.

    Formula: y = x · Φ(x); approximate tanh: 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))

    When: ConvNeXt, and whatever borrows from transformers: smooth, and small negative values pass.

    Against: Several times relu's cost where it is not fused, and it keeps its input for the backward pass.
    """

    main: ClassVar[str | None] = "approximate"
    target: ClassVar[str] = "GELU"

    approximate: Literal["none", "tanh"] = Field(
        "none", description="Exact (none), or the faster formula with tanh."
    )


class SiLU(Activation):
    """Weights each value by its own sigmoid; also known as swish.

    Formula: y = x / (1 + e⁻ˣ)

    When: EfficientNet and the newer YOLOs: smooth, and a little better than relu in deep networks.

    Against: Dearer than relu; hardswish is its cheap stand-in on phones.
    """

    target: ClassVar[str] = "SiLU"


class Mish(Activation):
    """Weights each value by the tanh of its softplus; much like silu.

    Formula: y = x · tanh(ln(1 + eˣ))

    When: YOLOv4 and what follows it.

    Against: One of the dearest of all, with little to show beyond silu.
    """

    target: ClassVar[str] = "Mish"


class Softplus(Activation):
    """A relu with a rounded corner: always above 0.

    Formula: y = ln(1 + e^(beta·x)) / beta; where beta · x > threshold: y = x

    When: An output that must be positive, as a variance or a rate.

    Against: Inside a network dearer than relu and no better.
    """

    main: ClassVar[str | None] = "beta"
    target: ClassVar[str] = "Softplus"

    beta: PositiveNumber = Field(1.0, description="Sharpness of the corner; large ones come near relu.")
    threshold: Number = Field(20.0, description="Above this value of beta · x it is taken for linear.")


class Softsign(Activation):
    """Squeezes every value into −1 to 1, more slowly than tanh.

    Formula: y = x / (1 + |x|)

    When: As tanh, where the ends should be reached gently.

    Against: Gradients vanish all the same, as 1/x².
    """

    target: ClassVar[str] = "Softsign"


class LogSigmoid(Activation):
    """The logarithm of the sigmoid, computed without overflow.

    Formula: y = −ln(1 + e⁻ˣ)

    When: Log-probabilities of yes-or-no outputs, for losses that are written by hand.

    Against: Below 0 everywhere and unbounded: nothing for the inside of a network.
    """

    target: ClassVar[str] = "LogSigmoid"
