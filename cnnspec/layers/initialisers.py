"""Initialisers of parameters: torch.nn.init's functions with their arguments."""

from typing import ClassVar, Literal

from pydantic import Field

from cnnspec.core.errors import Reject
from cnnspec.declare.arguments import (
    Arguments,
    NonNegativeNumber,
    Number,
    Positive,
    PositiveNumber,
    Probability,
)
from cnnspec.declare.registry import Registry

Nonlinearity = Literal[
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "selu",
]

MOST_AXES = 9
"""Stands for `no upper limit`: no parameter has so many axes."""


class Initialiser(Arguments):
    """A function that fills a parameter in place: torch.nn.init's of the same name, with a `_` behind it."""

    ranks: ClassVar[tuple[int, int]] = (0, MOST_AXES)
    """The least and the greatest number of axes that a parameter may have."""
    draws: ClassVar[bool] = True
    """Whether it draws random numbers, so that the order of initialisation matters."""

    def require_shape(self, shape: tuple[int, ...]) -> None:
        """Raise Reject for a parameter of a shape that the function refuses."""
        least, most = self.ranks
        if not least <= len(shape) <= most:
            axes = f"at least {least}" if most == MOST_AXES else f"{least} to {most}"
            axes = f"{least}" if least == most else axes
            message = f"{INITIALISERS.name_of(type(self))} needs a parameter of {axes} axes"
            message += f", this one has {len(shape)}: {list(shape)}"
            raise Reject("bad-init", message, hint="Use normal, uniform or constant.")


def _empty_range(a: float, b: float) -> Reject:
    return Reject("bad-init", f"a is {a}, b is {b}: the range is empty", field="a", hint="Swap them.")


class Uniform(Initialiser):
    """Evenly between a and b."""

    example = "{uniform: {a: -0.1, b: 0.1}}"

    a: Number = Field(0.0, description="The least value.")
    b: Number = Field(1.0, description="The greatest value.")

    def consistent(self) -> None:
        """Raise Reject when the range is empty."""
        if self.a > self.b:
            raise _empty_range(self.a, self.b)


class Normal(Initialiser):
    """From a normal distribution."""

    example = "{normal: {std: 0.02}}"

    mean: Number = Field(0.0, description="The mean.")
    std: NonNegativeNumber = Field(1.0, description="The standard deviation.")


class TruncNormal(Initialiser):
    """From a normal distribution, drawn again outside of [a, b]."""

    example = "{trunc_normal: {std: 0.02}}"

    mean: Number = Field(0.0, description="The mean.")
    std: PositiveNumber = Field(1.0, description="The standard deviation before the cut.")
    a: Number = Field(-2.0, description="The least value.")
    b: Number = Field(2.0, description="The greatest value.")

    def consistent(self) -> None:
        """Raise Reject when the range is empty."""
        if self.a >= self.b:
            raise _empty_range(self.a, self.b)


class Constant(Initialiser):
    """The same number everywhere."""

    example = "{constant: 0.1}"
    main = "val"
    draws = False

    val: Number = Field(description="The number.")


class Zeros(Initialiser):
    """All 0."""

    example = "zeros"
    draws = False


class Ones(Initialiser):
    """All 1."""

    example = "ones"
    draws = False


class Eye(Initialiser):
    """The identity matrix, for a linear layer."""

    example = "eye"
    draws = False
    ranks = (2, 2)


class Dirac(Initialiser):
    """A convolution that passes its input through."""

    example = "{dirac: {groups: 1}}"
    draws = False
    ranks = (3, 5)

    groups: Positive = Field(1, description="Groups of the convolution.")

    def require_shape(self, shape: tuple[int, ...]) -> None:
        """Raise Reject when the output channels don't split into the groups."""
        super().require_shape(shape)
        if shape[0] % self.groups:
            message = f"{shape[0]} output channels do not split into {self.groups} groups"
            raise Reject("bad-init", message, field="groups", hint="Write the groups of the layer.")


class XavierUniform(Initialiser):
    """Uniform, with the variance 2 / (fan_in + fan_out) (Glorot & Bengio, 2010)."""

    example = "{xavier_uniform: {gain: 1.4}}"
    ranks = (2, MOST_AXES)

    gain: Number = Field(1.0, description="A factor for the nonlinearity that follows.")


class XavierNormal(XavierUniform):
    """Normal, with the variance 2 / (fan_in + fan_out) (Glorot & Bengio, 2010)."""

    example = "{xavier_normal: {gain: 1.4}}"


class KaimingUniform(Initialiser):
    """Uniform, with a variance that keeps a signal's size through relu (He et al., 2015)."""

    example = "{kaiming_uniform: {a: 0.2}}"
    ranks = (2, MOST_AXES)

    a: Number = Field(0.0, description="The negative slope of the leaky relu that follows.")
    mode: Literal["fan_in", "fan_out"] = Field(
        "fan_in",
        description="Keep the variance of the forward pass (fan_in) or of the backward pass (fan_out).",
    )
    nonlinearity: Nonlinearity = Field("leaky_relu", description="The nonlinearity that follows.")


class KaimingNormal(KaimingUniform):
    """Normal, with a variance that keeps a signal's size through relu (He et al., 2015)."""

    example = "{kaiming_normal: {mode: fan_out, nonlinearity: relu}}"


class Orthogonal(Initialiser):
    """A (semi-)orthogonal matrix (Saxe et al., 2013)."""

    example = "{orthogonal: {gain: 1.4}}"
    ranks = (2, MOST_AXES)

    gain: Number = Field(1.0, description="A factor.")


class Sparse(Initialiser):
    """Normal, with a fraction of each column 0 (Martens, 2010)."""

    example = "{sparse: {sparsity: 0.9}}"
    ranks = (2, 2)

    sparsity: Probability = Field(description="The fraction of each column that is 0.")
    std: NonNegativeNumber = Field(0.01, description="The standard deviation of the rest.")


INITIALISERS = Registry(
    Initialiser,
    "cnnspec.layers",
    {
        "uniform": "initialisers:Uniform",
        "normal": "initialisers:Normal",
        "trunc_normal": "initialisers:TruncNormal",
        "constant": "initialisers:Constant",
        "zeros": "initialisers:Zeros",
        "ones": "initialisers:Ones",
        "eye": "initialisers:Eye",
        "dirac": "initialisers:Dirac",
        "xavier_uniform": "initialisers:XavierUniform",
        "xavier_normal": "initialisers:XavierNormal",
        "kaiming_uniform": "initialisers:KaimingUniform",
        "kaiming_normal": "initialisers:KaimingNormal",
        "orthogonal": "initialisers:Orthogonal",
        "sparse": "initialisers:Sparse",
    },
)
"""Every initialiser, by torch's name without its underscore."""
