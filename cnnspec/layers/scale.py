"""Layers that do next to nothing: a learned factor a channel, and nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core.emit import Emit, Module, Parameter
from cnnspec.core.shape import Shape
from cnnspec.declare.arguments import Number
from cnnspec.layers.base import Layer


class Scale(Layer):
    """Multiplies each channel by a learned number. The parameter bears the item's own name.

    Formula: y = x · weight, weight of shape [C, 1, …]: as many ones as axes follow the channels

    When: At the end of a residual branch, started near 0, so that a deep network begins as the identity
    (LayerScale; ConvNeXt starts it at 1e-6).

    Against: Right after bn, which has such a factor already, it is redundant.
    """

    main: ClassVar[str | None] = "init"
    needs_name: ClassVar[bool] = True

    init: Number = Field(1.0, description="What every factor starts as.")

    def _shape(self, x: Shape) -> tuple[int, ...]:
        return (x.channels or 0, *(1,) * (len(x.sizes) - 1 - x.channel_axis))

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The factors, under the item's own name: nothing is added to its path."""
        return {"": self._shape(x)}

    def emit(self, x: Shape) -> Emit:
        """A bare parameter."""
        return Parameter(self._shape(x), self.init)


class Identity(Layer):
    """Passes its input on.

    Formula: y = x

    When: To name a value, or where a variable chooses between a layer and none.

    Against: Nothing: it costs nothing.
    """

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Identity."""
        return Module("torch.nn.Identity")
