"""The window of a convolution or pool along one axis: how many positions it takes, which elements it reads."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cnnspec.core.shape import Size


class Taps(NamedTuple):
    """The positions that one output reads along an axis: `first + i` for each bit i of `mask`; bit 0 is set."""

    first: int
    mask: int

    @property
    def last(self) -> int:
        """The position furthest on."""
        return self.first + self.mask.bit_length() - 1

    @property
    def positions(self) -> list[int]:
        """All of them, in order."""
        return [self.first + i for i in range(self.mask.bit_length()) if self.mask >> i & 1]

    def moved(self, distance: int) -> Taps:
        """The same positions further on."""
        return Taps(self.first + distance, self.mask)


def stretch(first: int, last: int, step: int = 1) -> Taps:
    """Every `step`-th position from the first to the last."""
    count = (last - first) // step + 1
    mask = ((1 << count * step) - 1) // ((1 << step) - 1)
    return Taps(first, mask)


def union(one: Taps | None, other: Taps | None) -> Taps | None:
    """What two outputs read together; None reads nothing."""
    if one is None or other is None:
        return one or other
    first = min(one.first, other.first)
    return Taps(first, one.mask << one.first - first | other.mask << other.first - first)


Border = Literal["cut", "replicate", "reflect", "circular"]
"""What is read beyond the ends of an axis: nothing of the input (zeros), its border, its mirror image, its other end."""


class Reach(NamedTuple):
    """Which input positions an output position reads, along one axis.

    Output `q · len(taps) + t` reads what `taps[t]` says, `q · step` further on; None: it reads none at all.
    """

    step: int
    taps: tuple[Taps | None, ...]
    border: Border = "cut"

    def at(self, output: int) -> Taps | None:
        """What one output reads, wherever it is: also beyond the ends."""
        period, phase = divmod(output, len(self.taps))
        tap = self.taps[phase]
        return None if tap is None else tap.moved(period * self.step)

    def reads(self, size: int, outputs: int) -> tuple[int, ...]:
        """For each output along an axis, a mask of the positions that it reads of `size` ones."""
        return tuple(self._inside(self.at(output), size) for output in range(outputs))

    def _inside(self, tap: Taps | None, size: int) -> int:
        if tap is None:
            return 0
        if self.border == "cut" or (tap.first >= 0 and tap.last < size):
            return (tap.mask << tap.first if tap.first >= 0 else tap.mask >> -tap.first) & ((1 << size) - 1)
        mask = 0
        for position in tap.positions:
            mask |= 1 << _folded(position, size, self.border)
        return mask


def _folded(position: int, size: int, border: Border) -> int:
    """The position of the input whose value stands at a position beyond its ends."""
    if border == "circular":
        return position % size
    if border == "replicate":
        return min(max(position, 0), size - 1)
    return abs(position) if position < size else 2 * (size - 1) - position


POINT = Reach(1, (Taps(0, 1),))
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

    @property
    def least(self) -> int:
        """A size from which on it fits."""
        return max(self.extent - self.before - self.after, 1)

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

    def reach(self, border: Border = "cut") -> Reach:
        """Each output position reads `kernel` inputs, `stride` further than the position before it."""
        taps = stretch(-self.before, self.extent - 1 - self.before, self.dilation)
        return Reach(self.stride, (taps,), border)
