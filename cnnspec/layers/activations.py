"""Activations: what makes a network more than one linear map.

Element by element: rectifiers; smooth ones; those made of straight pieces. Along an axis: softmax and its kin.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.core.size import SizeLaw
from cnnspec.declare.arguments import NonNegativeNumber, Number, OptionalAxis, Positive, PositiveNumber
from cnnspec.layers.base import INPUTS, OUTPUT, Kept, Layer, Reaches
from cnnspec.layers.shape_rules import axis_or_channels, require_channels_first


class Activation(Layer):
    """An activation of each element: the shape is unchanged, and torch's module has its name and arguments."""

    kept = INPUTS
    role = "activation"

    def emit(self, x: Shape) -> Emit:
        """The module of torch.nn, with the arguments that differ from its defaults."""
        return Module(f"torch.nn.{type(self).__name__}", (), *self.optional(*type(self).model_fields))


# Rectifiers


class ReLU(Activation):
    """Keeps what is positive and sets the rest to 0.

    Formula: y = max(0, x)

    When: The usual choice in convolutional networks: cheap, and its gradient does not vanish for x > 0.

    Against: A neuron that is negative for every input gets no gradient and stays dead; leaky_relu keeps
    it alive. The output is not centred around 0.
    """

    kept = OUTPUT
    never_negative = True
    keeps_positive = True


class ReLU6(Activation):
    """A relu that is cut off at 6.

    Formula: y = min(max(0, x), 6)

    When: Networks for phones in 8-bit arithmetic (MobileNet): the range is known beforehand.

    Against: No gradient below 0, nor above 6.
    """

    never_negative = True


class LeakyReLU(Activation):
    """A relu that lets a fraction of the negative side through.

    Formula: y = x for x ≥ 0, else negative_slope · x

    When: Where relu leaves dead neurons; discriminators of GANs (slope 0.2), Darknet and YOLO (0.1).

    Against: One more number to choose, and seldom better than relu where bn comes before it.
    """

    keeps_positive = True
    main = "negative_slope"

    negative_slope: Number = Field(0.01, description="Factor of the negative side; 0 is relu.")


class PReLU(Activation):
    """A leaky relu whose negative slope is learned.

    Formula: y = x for x ≥ 0, else weight · x

    When: Face recognition and super-resolution networks use it, with a slope a channel.

    Against: weight decay pulls the slope towards relu, so it should be kept out of it; a slope a channel
    can overfit.

    ```yaml
    # input: [16, 14, 14]
    - prelu  # one slope for all
    - prelu: $in_channels  # a slope for each channel
    ```
    """

    autocast = "half"
    keeps_positive = True
    main = "num_parameters"

    num_parameters: Positive = Field(1, description="Number of slopes: 1 for all, or one for each channel.")
    init: Number = Field(0.25, description="Slope to start with.")

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where there are several slopes, but not one for each channel."""
        if self.num_parameters == 1:
            return x
        require_channels_first(x, otherwise=x)
        if not sizes.equal(x.channels, self.num_parameters):
            message = f"num_parameters is {self.num_parameters}, the input {x} has {x.channels} channels"
            hint = f"Write num_parameters: {x.channels}, or 1."
            raise Reject("wrong-number-of-slopes", message, field="num_parameters", hint=hint, otherwise=x)
        return x

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """As many channels as slopes, if there are several."""
        return SizeLaw(1, self.num_parameters + 1)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight: the slopes."""
        return {"weight": (self.num_parameters,)}


class RReLU(Activation):
    """A leaky relu whose negative slope is drawn at random in training.

    Formula: y = x for x ≥ 0, else a · x; a uniform in [lower, upper] in training, their mean in eval mode

    When: Small data sets, where the noise keeps from overfitting (Xu et al., 2015).

    Against: Slower, and rare: dropout and augmentation do more.
    """

    keeps_positive = True
    main = "lower"

    lower: Number = Field(1.0 / 8, description="Least slope of the negative side.")
    upper: Number = Field(1.0 / 3, description="Greatest slope of the negative side.")

    def consistent(self) -> None:
        """Raise Reject when the bounds are the wrong way round."""
        if self.lower > self.upper:
            message = f"lower is {self.lower}, which is above upper, {self.upper}"
            hint = f"Write {{lower: {self.upper}, upper: {self.lower}}}."
            raise Reject("bounds-swapped", message, field="lower", hint=hint)

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Input, and the slope that was drawn for each value."""
        return Kept(inputs=True, values=y.elements)


class Threshold(Activation):
    """Keeps what is above a threshold and replaces the rest by a value.

    Formula: y = x for x > threshold, else value

    When: Small responses are noise that should not go on.

    Against: It jumps at the threshold, and below it there is no gradient.

    ```yaml
    # input: [16, 14, 14]
    - threshold: {threshold: 0.1, value: 0}
    ```
    """

    main = "threshold"

    threshold: Number = Field(description="Values up to this one are replaced.")
    value: Number = Field(description="What they are replaced by.")


class ELU(Activation):
    """A relu whose negative side bends smoothly towards −alpha.

    Formula: y = x for x > 0, else alpha · (eˣ − 1)

    When: Where no bn is: its mean is nearer to 0 than relu's, and negative inputs keep a gradient.

    Against: The exponential costs more than relu; far below 0 the gradient vanishes.
    """

    keeps_positive = True
    main = "alpha"

    alpha: Number = Field(1.0, description="Depth that the negative side tends to: y → −alpha.")


class SELU(Activation):
    """An elu with constants that keep mean 0 and variance 1 from layer to layer.

    Formula: y = 1.0507 · (x for x > 0, else 1.6733 · (eˣ − 1))

    When: Deep perceptrons without normalisation (Klambauer et al., 2017), with alpha_dropout.

    Against: Its promise holds for linear layers initialised with lecun_normal; in convolutional networks
    bn with relu is better tried.
    """


class CELU(Activation):
    """An elu whose slope is continuous for every alpha.

    Formula: y = max(0, x) + min(0, alpha · (e^(x/alpha) − 1))

    When: As elu, where alpha is not 1.

    Against: The exponential costs more than relu; far below 0 the gradient vanishes.
    """

    keeps_positive = True
    main = "alpha"

    alpha: Number = Field(1.0, description="Depth that the negative side tends to, and its length; not 0.")

    def consistent(self) -> None:
        """Raise Reject for alpha 0, by which it would divide."""
        if self.alpha == 0:
            message = "alpha is 0, and celu divides by it"
            raise Reject("zero-alpha", message, field="alpha", hint="Write relu, which is its limit.")


# Smooth ones


class Sigmoid(Activation):
    """Squeezes every value into 0 to 1.

    Formula: y = 1 / (1 + e⁻ˣ)

    When: Gates, and an output that says yes or no for each class by itself.

    Against: Inside a network gradients vanish: they are at most 1/4, and near 0 for large |x|. Not
    centred, and dearer than relu. As the last layer use a loss that includes it (bce_with_logits).
    """

    kept = OUTPUT
    never_negative = True
    normalises = True


class Tanh(Activation):
    """Squeezes every value into −1 to 1.

    Formula: y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)

    When: An output in −1 to 1, as a generator's picture; LeNet and its time.

    Against: Gradients vanish for large |x|, and it costs more than relu; but it is centred, unlike
    sigmoid.
    """

    kept = OUTPUT


class Tanhshrink(Activation):
    """Takes tanh away from its input: small values almost vanish, large ones lose 1.

    Formula: y = x − tanh(x)

    When: Sparse coding, as a smooth softshrink.

    Against: Around 0 it is flat, x³/3, and so is its gradient.
    """

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """The tanh of each value."""
        return Kept(values=y.elements)


class GELU(Activation):
    """Weights each value by the chance that a normal variable is below it.

    Formula: y = x · Φ(x); approximate tanh: 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))

    When: ConvNeXt, and whatever borrows from transformers: smooth, and small negative values pass.

    Against: Several times relu's cost where it is not fused, and it keeps its input for the backward pass.
    """

    main = "approximate"

    approximate: Literal["none", "tanh"] = Field(
        "none", description="Exact (none), or the faster formula with tanh."
    )


class SiLU(Activation):
    """Weights each value by its own sigmoid; also known as swish.

    Formula: y = x / (1 + e⁻ˣ)

    When: EfficientNet and the newer YOLOs: smooth, and a little better than relu in deep networks.

    Against: Dearer than relu; hardswish is its cheap stand-in on phones.
    """


class Mish(Activation):
    """Weights each value by the tanh of its softplus; much like silu.

    Formula: y = x · tanh(ln(1 + eˣ))

    When: YOLOv4 and what follows it.

    Against: One of the dearest of all, with little to show beyond silu.
    """


class Softplus(Activation):
    """A relu with a rounded corner: always above 0.

    Formula: y = ln(1 + e^(beta·x)) / beta; where beta · x > threshold: y = x

    When: An output that must be positive, as a variance or a rate.

    Against: Inside a network dearer than relu and no better.
    """

    autocast = "full"
    never_negative = True
    main = "beta"

    beta: PositiveNumber = Field(1.0, description="Sharpness of the corner; large ones come near relu.")
    threshold: Number = Field(20.0, description="Above this value of beta · x it is taken for linear.")


class Softsign(Activation):
    """Squeezes every value into −1 to 1, more slowly than tanh.

    Formula: y = x / (1 + |x|)

    When: As tanh, where the ends should be reached gently.

    Against: Gradients vanish all the same, as 1/x².
    """

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """Input, and the divisors."""
        return Kept(inputs=True, values=y.elements)


class LogSigmoid(Activation):
    """The logarithm of the sigmoid, computed without overflow.

    Formula: y = −ln(1 + e⁻ˣ)

    When: Log-probabilities of yes-or-no outputs, for losses that are written by hand.

    Against: Below 0 everywhere and unbounded: nothing for the inside of a network.
    """


# Made of straight pieces


class Hardswish(Activation):
    """A silu made of a parabola and straight lines.

    Formula: y = x · min(max(0, x + 3), 6) / 6

    When: MobileNetV3, and networks for phones: close to silu without an exponential.

    Against: No gradient below −3; on a GPU silu costs the same.
    """


class Hardsigmoid(Activation):
    """A sigmoid made of straight lines.

    Formula: y = min(max(0, x + 3), 6) / 6

    When: The gates of channel attention on phones (MobileNetV3).

    Against: No gradient beyond −3 and 3.
    """

    never_negative = True


class Hardtanh(Activation):
    """Cuts values off below min_val and above max_val.

    Formula: y = min(max(min_val, x), max_val)

    When: Quantised and binary networks, and an output with known bounds.

    Against: No gradient outside the bounds.
    """

    main = "min_val"

    min_val: Number = Field(-1.0, description="Lower bound of the output.")
    max_val: Number = Field(1.0, description="Upper bound of the output; above min_val.")

    def consistent(self) -> None:
        """Raise Reject when there is nothing between the bounds."""
        if self.max_val <= self.min_val:
            message = f"max_val is {self.max_val}, it must be above min_val, {self.min_val}"
            hint = f"Write a max_val above {self.min_val}."
            raise Reject("bounds-swapped", message, field="max_val", hint=hint)


class Hardshrink(Activation):
    """Sets small values to 0 and leaves the others as they are.

    Formula: y = x for |x| > lambd, else 0

    When: Sparse coding, denoising.

    Against: It jumps at ±lambd, and between them there is no gradient.
    """

    main = "lambd"

    lambd: Number = Field(0.5, description="Values of at most this magnitude become 0.")


class Softshrink(Activation):
    """Moves every value towards 0 by `lambd`, and sets what would pass it to 0.

    Formula: y = x − lambd for x > lambd, x + lambd for x < −lambd, else 0

    When: Sparse coding: it is the step of ISTA, the proximal operator of the L1 norm.

    Against: Between ±lambd there is no gradient; large values are biased by lambd.
    """

    main = "lambd"

    lambd: NonNegativeNumber = Field(0.5, description="How far every value is moved towards 0.")


# Along an axis


class AxisActivation(Layer):
    """An activation along one axis, which is torch's dim, but doesn't count the batch."""

    kept = OUTPUT
    main = "axis"
    mixes_channels = True
    axis: OptionalAxis = Field(
        None, description="Axis it works along, the batch not counted; null: the channels'."
    )

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where there is no such axis."""
        axis_or_channels(self.axis, x, otherwise=x)
        return x

    def reach(self, x: Shape) -> Reaches:
        """Along a spatial axis each output reads all of it."""
        if axis_or_channels(self.axis, x) == x.channel_axis:
            return super().reach(x)
        return "whole" if x.rank == 1 else None

    def emit(self, x: Shape) -> Emit:
        """The module of torch.nn."""
        return Module(f"torch.nn.{type(self).__name__}", (), {"dim": axis_or_channels(self.axis, x) + 1})


class Softmax(AxisActivation):
    """Turns the values along an axis into shares that add up to 1.

    Formula: yᵢ = e^(xᵢ) / Σⱼ e^(xⱼ)

    When: Attention weights, and probabilities for someone who reads them.

    Against: Not before the cross_entropy loss, which includes it: the network would train slowly and
    badly. One large value leaves the others without gradient.

    ```yaml
    # input: [64, 1, 1]
    - flatten
    - linear: 10
    - softmax  # ten shares that add up to 1
    ```
    """

    autocast = "full"
    never_negative = True
    normalises = True


class Softmin(AxisActivation):
    """A softmax of the negated values: the smallest gets the largest share.

    Formula: yᵢ = e^(−xᵢ) / Σⱼ e^(−xⱼ)

    When: Weights from distances.

    Against: As softmax: not before the cross_entropy loss.
    """

    autocast = "full"
    never_negative = True
    normalises = True


class LogSoftmax(AxisActivation):
    """The logarithm of softmax, computed without overflow.

    Formula: yᵢ = xᵢ − ln Σⱼ e^(xⱼ)

    When: Before the nll loss; log-probabilities.

    Against: Needless before cross_entropy, which includes it.
    """

    autocast = "full"
    normalises = True


class GLU(AxisActivation):
    """Splits an axis in two halves and lets the second, as a sigmoid, gate the first.

    Formula: y = a · sigmoid(b), a and b being the first and second half of the axis

    When: Gated convolutions for audio and language (Dauphin et al., 2017): the gate's gradient passes
    through the linear half.

    Against: The layer before it must make twice the channels.

    ```yaml
    # input: [32, 14, 14]
    - glu  # half of the channels gate the other half
    ```
    """

    kept = INPUTS

    def infer(self, x: Shape) -> Shape:
        """Half the size along the axis."""
        axis = axis_or_channels(self.axis, x)
        if not sizes.divides(2, x.sizes[axis]):
            what = "channels" if axis == x.channel_axis else f"elements along axis {axis}"
            message = f"the input {x} has {x.sizes[axis]} {what}, which do not split in two halves"
            hint = "Give the layer before it an even number of outputs."
            raise Reject("indivisible", message, field="axis", hint=hint, otherwise=x.replace(axis, None))
        return x.replace(axis, sizes.divide(x.sizes[axis], 2))

    def size_law(self, x: Shape, axis: int) -> SizeLaw:
        """Sizes that have two halves."""
        return SizeLaw(2)
