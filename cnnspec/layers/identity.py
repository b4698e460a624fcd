"""The layer that passes its input on."""

from cnnspec.core.emit import Emit, Module
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer


class Identity(Layer):
    """Passes its input on.

    Formula: y = x

    When: To name a value, or where a variable chooses between a layer and none.

    Against: Nothing: it costs nothing.
    """

    passes_gradient = True

    def is_view(self, x: Shape, *, training: bool) -> bool:
        """Always."""
        return True

    role = "layout"
    linear_map = True

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Identity."""
        return Module("torch.nn.Identity")
