"""Activations I: rectifiers. What makes a network more than one linear map, element by element."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, require_channels_first
from cnnspec.layers.fields import Number, Positive


class Activation(Layer):
    """What activations share: any shape passes unchanged, and torch's module has the same arguments."""

    target: ClassVar[str]

    def emit(self, x: Shape) -> Emit:
        """The module of torch.nn, with the arguments that differ from its defaults."""
        return Module(f"torch.nn.{self.target}", (), *self.optional(*type(self).model_fields))


class ReLU(Activation):
    """Keeps what is positive and sets the rest to 0.

    Formula: y = max(0, x)

    When: The usual choice in convolutional networks: cheap, and its gradient does not vanish for x > 0.

    Against: A neuron that is negative for every input gets no gradient and stays dead; leaky_relu keeps
    it alive. The output is not centred around 0.
    """

    target: ClassVar[str] = "ReLU"


class ReLU6(Activation):
    """A relu that is cut off at 6.

    Formula: y = min(max(0, x), 6)

    When: Networks for phones in 8-bit arithmetic (MobileNet): the range is known beforehand.

    Against: No gradient below 0, nor above 6.
    """

    target: ClassVar[str] = "ReLU6"


class LeakyReLU(Activation):
    """A relu that lets a fraction of the negative side through.

    Formula: y = x for x ≥ 0, else negative_slope · x

    When: Where relu leaves dead neurons; discriminators of GANs (slope 0.2), Darknet and YOLO (0.1).

    Against: One more number to choose, and seldom better than relu where bn comes before it.
    """

    main: ClassVar[str | None] = "negative_slope"
    target: ClassVar[str] = "LeakyReLU"

    negative_slope: Number = Field(0.01, description="Factor of the negative side; 0 is relu.")


class PReLU(Activation):
    """A leaky relu whose negative slope is learned.

    Formula: y = x for x ≥ 0, else weight · x

    When: Face recognition and super-resolution networks use it, with a slope a channel.

    Against: weight decay pulls the slope towards relu, so it should be kept out of it; a slope a channel
    can overfit.
    """

    main: ClassVar[str | None] = "num_parameters"
    target: ClassVar[str] = "PReLU"

    num_parameters: Positive = Field(1, description="Number of slopes: 1 for all, or one for each channel.")
    init: Number = Field(0.25, description="Slope to start with.")

    def infer(self, x: Shape) -> Shape:
        """Unchanged; with several slopes there must be as many channels."""
        if self.num_parameters == 1:
            return x
        require_channels_first(x, otherwise=x)
        if not sizes.equal(x.channels, self.num_parameters):
            message = f"num_parameters is {self.num_parameters}, the input {x} has {x.channels} channels"
            hint = f"Write num_parameters: {x.channels}, or 1."
            raise Reject("wrong-number-of-slopes", message, field="num_parameters", hint=hint, otherwise=x)
        return x

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight, the slopes."""
        return {"weight": (self.num_parameters,)}


class RReLU(Activation):
    """A leaky relu whose negative slope is drawn at random in training.

    Formula: y = x for x ≥ 0, else a · x; a uniform in [lower, upper] in training, their mean in eval mode

    When: Small data sets, where the noise keeps from overfitting (Xu et al., 2015).

    Against: Slower, and rare: dropout and augmentation do more.
    """

    main: ClassVar[str | None] = "lower"
    target: ClassVar[str] = "RReLU"

    lower: Number = Field(1.0 / 8, description="Least slope of the negative side.")
    upper: Number = Field(1.0 / 3, description="Greatest slope of the negative side.")

    def consistent(self) -> None:
        """Raise Reject when the bounds are the wrong way round."""
        if self.lower > self.upper:
            message = f"lower is {self.lower}, which is above upper, {self.upper}"
            hint = f"Write {{lower: {self.upper}, upper: {self.lower}}}."
            raise Reject("bounds-swapped", message, field="lower", hint=hint)


class Threshold(Activation):
    """Keeps what is above a threshold and replaces the rest by a value.

    Formula: y = x for x > threshold, else value

    When: Small responses are noise that should not go on.

    Against: It jumps at the threshold, and below it there is no gradient.
    """

    main: ClassVar[str | None] = "threshold"
    target: ClassVar[str] = "Threshold"

    threshold: Number = Field(description="Values up to this one are replaced.")
    value: Number = Field(description="What they are replaced by.")


class ELU(Activation):
    """A relu whose negative side bends smoothly towards −alpha.

    Formula: y = x for x > 0, else alpha · (eˣ − 1)

    When: Where no bn is: its mean is nearer to 0 than relu's, and negative inputs keep a gradient.

    Against: The exponential costs more than relu; far below 0 the gradient vanishes.
    """

    main: ClassVar[str | None] = "alpha"
    target: ClassVar[str] = "ELU"

    alpha: Number = Field(1.0, description="Depth that the negative side tends to: y → −alpha.")


class SELU(Activation):
    """An elu with constants that keep mean 0 and variance 1 from layer to layer.

    Formula: y = 1.0507 · (x for x > 0, else 1.6733 · (eˣ − 1))

    When: Deep perceptrons without normalisation (Klambauer et al., 2017), with alpha_dropout.

    Against: Its promise holds for linear layers initialised with lecun_normal; in convolutional networks
    bn with relu is better tried.
    """

    target: ClassVar[str] = "SELU"


class CELU(Activation):
    """An elu whose slope is continuous for every alpha.

    Formula: y = max(0, x) + min(0, alpha · (e^(x/alpha) − 1))

    When: As elu, where alpha is not 1.

    Against: The exponential costs more than relu; far below 0 the gradient vanishes.
    """

    main: ClassVar[str | None] = "alpha"
    target: ClassVar[str] = "CELU"

    alpha: Number = Field(1.0, description="Depth that the negative side tends to, and its length; not 0.")

    def consistent(self) -> None:
        """Raise Reject for alpha 0, by which it would divide."""
        if self.alpha == 0:
            message = "alpha is 0, and celu divides by it"
            raise Reject("zero-alpha", message, field="alpha", hint="Write relu, which is its limit.")
