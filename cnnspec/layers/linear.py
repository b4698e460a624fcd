"""The linear layer: weighted sums of all channels."""

from collections.abc import Mapping

from pydantic import Field

from cnnspec.core.emit import Emit, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import Flag, InferredChannels, Positive
from cnnspec.layers.base import INPUTS, Layer, Products


class Linear(Layer):
    """Gives `out_features` weighted sums of all channels, which must be the last axis.

    Formula: y = x·Wᵀ + b; out_features along the channels' axis, the other axes as they are. It equals a
    conv with a kernel of its input's size.

    When: The head of a classifier, after flatten or a global pool; the layers of a perceptron; the
    channels of tokens.

    Against: On a flattened image it takes a weight for every position: most of VGG's parameters, and a
    network that accepts one input size only. Two of them without an activation between are one.

    ```yaml
    # input: [64, 4, 4]
    - flatten
    - linear: 10  # a weight for each position and channel
    - {global_avgpool, from: input}
    - flatten
    - linear: 10  # a weight for each channel
    ```
    """

    main = "out_features"
    role = "weighted sum"
    linear_map = True
    mixes_channels = True
    kept = INPUTS
    autocast = "half"
    inferred_argument = "in_features"

    out_features: Positive = Field(description="Number of weighted sums, and of channels that come out.")
    bias: Flag = Field(default=True, description="Whether a learned number is added to each output.")
    in_features: InferredChannels = None

    def infer(self, x: Shape) -> Shape:
        """out_features instead of the channels."""
        last = len(x.sizes) - 1
        if x.channel_axis != last:
            message = f"it takes channels on the last axis, but {x} has them on axis {x.channel_axis}"
            hint = "Write flatten before it, or conv with kernel_size: 1 to keep the positions apart."
            raise Reject("channels-not-last", message, hint=hint)
        return x.with_channels(self.out_features)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight (out, in) and bias (out)."""
        weight = {"weight": (self.out_features, x.channels or 0)}
        return {**weight, "bias": (self.out_features,)} if self.bias else weight

    def products(self, x: Shape, y: Shape) -> Products:
        """Each output takes one product for each channel that comes in."""
        return Products(y.numbers, (x.channels or 0,))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Linear."""
        args = (x.channels, self.out_features)
        return Module("torch.nn.Linear", args, *self.optional("bias"), names=("in_features", "out_features"))
