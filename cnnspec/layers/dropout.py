"""Dropout: values set to 0 at random in training; in eval mode the identity."""

from typing import Literal

from pydantic import Field

from cnnspec.core.emit import Emit, Module
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import Probability
from cnnspec.layers.base import Kept, Layer
from cnnspec.layers.shape_rules import require_channels_first, spatial_rank


class DropoutLayer(Layer):
    """A layer that drops values, channels or whole branches with probability p."""

    role = "dropout"
    linear_map = True
    main = "p"

    p: Probability = Field(0.5, description="Chance that a value is dropped, 0 to 1.")

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """What each value is multiplied by: one 0 where all are dropped, nothing where none are."""
        return self._mask(y) if 0 < self.p < 1 else Kept(statistics=int(self.p))

    def _mask(self, x: Shape) -> Kept:
        return Kept(values=x.elements)

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Where it does nothing."""
        return not training or self.p == 0

    def emit(self, x: Shape) -> Emit:
        """The module of torch.nn."""
        return Module(f"torch.nn.{type(self).__name__}", (self.p,), names=("p",))


class Dropout(DropoutLayer):
    """Sets each value to 0 with probability p in training, and enlarges the others to keep the mean.

    Formula: y = x · m / (1 − p), m being 0 with probability p, else 1; in eval mode y = x

    When: Between the linear layers of a head, 0.2 to 0.5 (Srivastava et al., 2014).

    Against: Slows training down; between convolutions neighbours give the dropped value away, so use
    dropout_channels or stochastic_depth there. Before bn it disturbs the statistics.

    ```yaml
    # input: [64, 1, 1]
    - flatten
    - dropout: 0.5  # half of the values, others for each image and step
    - linear: 10
    ```
    """

    def _mask(self, x: Shape) -> Kept:
        return Kept(bytes=x.elements)


class DropoutChannels(DropoutLayer):
    """Sets whole channels to 0 with probability p in training, and enlarges the others.

    Formula: y = x · m / (1 − p), one m a channel and sample; in eval mode y = x

    When: Between convolutions, where single dropped values would be guessed from their neighbours
    (Tompson et al., 2015).

    Against: A strong intervention: 0.1 to 0.2 is enough where there are few channels.
    """

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject for features alone."""
        spatial_rank(x, otherwise=x)
        return x

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Dropout1d, 2d or 3d."""
        return Module(f"torch.nn.Dropout{x.rank}d", (self.p,), names=("p",))

    def _mask(self, x: Shape) -> Kept:
        return Kept(values=x.channels or 0)


class AlphaDropout(DropoutLayer):
    """A dropout that keeps mean 0 and variance 1: dropped values take selu's lower bound.

    Formula: y = a · (x · m − 1.7581 · (1 − m)) + b; a and b restore mean and variance; in eval mode y = x

    When: With selu, whose self-normalisation an ordinary dropout would break.

    Against: Of no use with other activations.
    """


class FeatureAlphaDropout(DropoutLayer):
    """An alpha_dropout that drops whole channels.

    Formula: As alpha_dropout, with one m a channel and sample; in eval mode y = x

    When: With selu, between convolutions.

    Against: Of no use with other activations.
    """

    def infer(self, x: Shape) -> Shape:
        """Unchanged. Raises Reject where the channels, which it drops, are not on axis 0."""
        require_channels_first(x)
        return x

    def _mask(self, x: Shape) -> Kept:
        return Kept(values=x.channels or 0)


class StochasticDepth(DropoutLayer):
    """Drops all it gets with probability p in training: at the end of a residual branch, the whole branch.

    Formula: y = x · m / (1 − p), one m a sample (row) or batch; in eval mode y = x

    When: The last layer of a residual branch in deep networks, p growing with depth from 0 to 0.1 … 0.5
    (Huang et al., 2016).

    Against: Anywhere but in a residual branch it destroys the signal.

    ```yaml
    # input: [16, 14, 14]
    - add:  # a block that is skipped for a tenth of the images
        - [conv: {out_channels: 16, kernel_size: 3, padding: 1}, stochastic_depth: 0.1]
        - []
    ```
    """

    p: Probability = Field(description="Chance that the branch is dropped, 0 to 1.")
    mode: Literal["batch", "row"] = Field(
        "row", description="What is dropped at once: the branch of one sample (row), or of the whole batch."
    )

    def emit(self, x: Shape) -> Emit:
        """A helper with the arithmetic of torchvision.ops.StochasticDepth."""
        return Module("helper:StochasticDepth", (self.p,), *self.optional("mode"), names=("p",))

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """A number a sample, or one for the batch."""
        return Kept() if self.p == 0 else Kept(values=1) if self.mode == "row" else Kept(statistics=1)
