"""Adaptive pools: the output's size is given, and the windows are cut to suit."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Module
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.window import Window
from cnnspec.declare.arguments import OutputSizes
from cnnspec.layers.base import Layer, Reaches, per_axis, spatial_rank


class AdaptivePool(Layer):
    """What adaptive_avgpool and adaptive_maxpool share: output j reads ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉."""

    main: ClassVar[str | None] = "output_size"
    target: ClassVar[str]

    output_size: OutputSizes = Field(
        description="Size of the output along each spatial axis; null keeps the input's."
    )

    def _wanted(self, rank: int) -> tuple[Size, ...]:
        return per_axis(self.output_size, rank, "output_size")

    def infer(self, x: Shape) -> Shape:
        """What output_size says, whatever comes in."""
        wanted = self._wanted(spatial_rank(x))
        if wanted == (None,):
            message = f"output_size [null] leaves the signal {x} as it is, and torch has no pool for that"
            raise Reject(
                "nothing-to-do", message, field="output_size", hint="Leave the layer out.", otherwise=x
            )
        return Shape((x.channels, *(n if o is None else o for n, o in zip(x.spatial, wanted, strict=True))))

    def reach(self, x: Shape) -> Reaches:
        """All of the input for one output, a window where the sizes divide, else no telling."""
        wanted = self._wanted(x.rank)
        if all(size == 1 for size in wanted):
            return "whole"
        found = [_window(n, n if o is None else o) for n, o in zip(x.spatial, wanted, strict=True)]
        windows = [window for window in found if window is not None]
        return tuple(window.reach() for window in windows) if len(windows) == len(found) else None

    def emit(self, x: Shape) -> Emit:
        """torch.nn.AdaptiveAvgPool1d, AdaptiveMaxPool1d, and so on."""
        return Module(f"torch.nn.{self.target}{x.rank}d", (self.output_size,), names=("output_size",))


def _window(size: Size, wanted: Size) -> Window | None:
    if size is None or wanted is None or not sizes.divides(wanted, size):
        return None
    step = size // wanted
    return Window(step, step)


class AdaptiveAvgPool(AdaptivePool):
    """Cuts each spatial axis into `output_size` windows and keeps the mean of each, in each channel.

    Formula: output_size along each spatial axis; output j reads ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉.

    When: Before a linear head: whatever size comes in, a fixed number of features comes out.

    Against: Where the sizes do not divide, windows overlap unevenly. An input smaller than output_size
    is only repeated, which wastes the head's weights.
    """

    target: ClassVar[str] = "AdaptiveAvgPool"


class AdaptiveMaxPool(AdaptivePool):
    """Cuts each spatial axis into `output_size` windows and keeps the largest of each, in each channel.

    Formula: output_size along each spatial axis; output j reads ⌊j·n/o⌋ up to ⌈(j + 1)·n/o⌉.

    When: As adaptive_avgpool, where one strong response should decide.

    Against: The gradient reaches one input a window, and an outlier decides alone.
    """

    target: ClassVar[str] = "AdaptiveMaxPool"


class GlobalPool(Layer):
    """What global_avgpool and global_maxpool share: one number a channel is left."""

    target: ClassVar[str]

    def infer(self, x: Shape) -> Shape:
        """Size 1 along each spatial axis."""
        return Shape((x.channels, *(1,) * spatial_rank(x)))

    def reach(self, x: Shape) -> Reaches:
        """The output reads all of the input."""
        return "whole"

    def emit(self, x: Shape) -> Emit:
        """The adaptive pool with an output_size of 1."""
        return Module(f"torch.nn.{self.target}{x.rank}d", (1,), names=("output_size",))


class GlobalAvgPool(GlobalPool):
    """Keeps the mean of each channel over all positions; the spatial axes stay, with size 1.

    Formula: 1 along each spatial axis.

    When: Between the last stage and the head, followed by flatten: no weights, any input size, and each
    channel learns to answer for a feature (Lin et al., 2014). Also the gate of channel attention.

    Against: Where something was is lost, and small objects are averaged away.
    """

    target: ClassVar[str] = "AdaptiveAvgPool"


class GlobalMaxPool(GlobalPool):
    """Keeps the largest value of each channel over all positions; the spatial axes stay, with size 1.

    Formula: 1 along each spatial axis.

    When: To ask whether a feature is there at all, wherever: keyword spotting, weak labels.

    Against: One position a channel gets the gradient, and one outlier decides.
    """

    target: ClassVar[str] = "AdaptiveMaxPool"
