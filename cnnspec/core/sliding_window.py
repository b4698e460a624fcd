"""The window of a convolution or pool along one axis: how many positions it takes, which elements it reads."""

from __future__ import annotations

from typing import NamedTuple

from cnnspec.core.shape import Size


class Reach(NamedTuple):
    """Which input positions an output position reads, along one axis.

    Output `q · len(taps) + t` reads the inputs from `q · step + taps[t][0]` up to
    `q · step + taps[t][1]`; None where it reads none at all.
    """

    step: int
    taps: tuple[tuple[int, int] | None, ...]


POINT = Reach(1, ((0, 0),))
"""Each output position reads the input at the same position, and no other."""


class Window(NamedTuple):
    """The kernel of a convolution or a pool along one axis, in elements."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        """The number of elements from its first to its last: d(k − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def slide(self, size: Size) -> Size:
        """The number of positions of the window: ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1.

        With `ceil` the quotient is rounded up, and a last window that would start in the padding
        after the input is dropped, as torch's pooling_output_shape does (ATen/native/Pool.h).
        Less than 1 means that it does not fit.
        """
        if size is None:
            return None
        kernel, stride, before, after, dilation, ceil = self
        free = size + before + after - dilation * (kernel - 1) - 1
        if not ceil:
            return free // stride + 1
        count = -(-free // stride) + 1
        return count - 1 if self._starts_outside(count - 1, size) else count

    def _starts_outside(self, position: int, size: int) -> bool:
        return position * self.stride >= size + self.before

    def formula(self, size: int) -> str:
        """The size rule with its numbers: `⌊(28 + 2·0 − 1·(5−1) − 1)/1⌋ + 1 = 24`."""
        opening, closing = "⌈⌉" if self.ceil else "⌊⌋"
        padding = f"2·{self.before}" if self.before == self.after else f"{self.before} + {self.after}"
        inside = f"{size} + {padding} − {self.dilation}·({self.kernel}−1) − 1"
        return f"{opening}({inside})/{self.stride}{closing} + 1{self._correction(size)} = {self.slide(size)}"

    def _correction(self, size: int) -> str:
        free = size + self.before + self.after - self.extent
        dropped = self.ceil and self._starts_outside(-(-free // self.stride), size)
        return " − 1" if dropped else ""

    def reach(self) -> Reach:
        """Each output position reads `extent` inputs, `stride` further than the position before it."""
        return Reach(self.stride, ((-self.before, self.extent - 1 - self.before),))
