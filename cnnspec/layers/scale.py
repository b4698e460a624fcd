"""A learned factor for each channel, with which LayerScale is built."""

from collections.abc import Mapping

from pydantic import Field

from cnnspec.core.emit import Emit, Parameter
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import Number
from cnnspec.layers.base import INPUTS, Layer


class Scale(Layer):
    """Multiplies each channel by a learned number. The parameter bears the item's own name.

    Formula: y = x · weight, weight of shape [C, 1, …]: as many ones as axes follow the channels

    When: At the end of a residual branch, started near 0, so that a deep network begins as the identity
    (LayerScale; ConvNeXt starts it at 1e-6).

    Against: Right after bn, which has such a factor already, it is redundant.

    ```yaml
    # input: [16, 14, 14]
    - {scale: 1e-6, name: gamma}  # a number for each channel
    ```
    """

    linear_map = True
    main = "init"
    needs_name = True
    kept = INPUTS
    autocast = "full"

    init: Number = Field(1.0, description="What every factor starts as.")

    def _shape(self, x: Shape) -> tuple[int, ...]:
        return (x.channels or 0, *(1,) * (len(x.sizes) - 1 - x.channel_axis))

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The factors; their path is the item's own name."""
        return {"": self._shape(x)}

    def emit(self, x: Shape) -> Emit:
        """A parameter that is multiplied in, no module."""
        return Parameter(self._shape(x), self.init)
