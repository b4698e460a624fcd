"""Operations on sizes.

A layer's `infer` does no arithmetic of its own on a spatial size: it calls these. An unknown size
(None) gives an unknown one, and is refused nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

from cnnspec.core.shape import Size

_FINEST = 4096
"""The finest step of a scale that counts as exact."""

LARGEST = 2**63
"""Whole numbers stay below this: no tensor has as many elements, and torch holds no larger integer."""


class SizeLaw(NamedTuple):
    """How a layer's output size follows its input's, along any one axis.

    From inputs of `least` on, `period` elements more make the output larger by a fixed amount, and what is refused
    stays refused, what is accepted stays accepted. Layers with several inputs add, compare or take over their sizes
    apart from that.
    """

    period: int = 1
    least: int = 1


class Varying(int):
    """One value of a size that changes with the input's: where it happens to be 1, it is not repeated."""

    __slots__ = ()


def product(sizes: Sequence[Size]) -> Size:
    """The number of elements; unknown when one factor is."""
    return None if None in sizes else math.prod(cast("tuple[int, ...]", sizes))


def total(sizes: Sequence[Size]) -> Size:
    """The sum of sizes; unknown when one of them is."""
    return None if None in sizes else sum(cast("tuple[int, ...]", sizes))


def grow(size: Size, amount: int) -> Size:
    """The size with `amount` elements more, or fewer when it is negative."""
    return None if size is None else size + amount


def multiply(size: Size, factor: int) -> Size:
    """The size times a whole factor."""
    return None if size is None else size * factor


def divide(size: Size, divisor: int) -> Size:
    """The size over a divisor of it."""
    return None if size is None else size // divisor


def divides(divisor: int, size: Size) -> bool:
    """Whether the divisor divides the size; true of an unknown size."""
    return size is None or size % divisor == 0


def scale(size: Size, factor: float) -> Size:
    """⌊size · factor⌋ in double arithmetic, as torch's interpolate computes it."""
    if size is None:
        return None
    scaled = float(size) * factor
    return math.floor(scaled) if math.isfinite(scaled) else LARGEST


def equal(one: Size, other: Size) -> bool:
    """Whether two sizes are equal; true where one of them is unknown."""
    return one is None or other is None or one == other


def at_least(size: Size, least: int) -> bool:
    """Whether a size is `least` or more; true of an unknown size."""
    return size is None or size >= least


def broadcasts(one: Size, other: Size) -> bool:
    """Whether the sizes broadcast: they are equal, or one of them is 1; true where one is unknown."""
    return equal(one, other) or _repeated(one) or _repeated(other)


def broadcast(one: Size, other: Size) -> Size:
    """The size that two sizes which broadcast have in common."""
    if _repeated(one) or (one is None and not _repeated(other)):
        return other
    return one


def _repeated(size: Size) -> bool:
    return size == 1 and not isinstance(size, Varying)


def scale_law(factor: float) -> SizeLaw | None:
    """The law of `scale` by a factor; None where double arithmetic has none that is known.

    A factor a/2ᵏ is exact, and sizes that are 2ᵏ apart are scaled to sizes that are a apart; of any other factor
    the double is only near it, and where ⌊size · factor⌋ jumps is a matter of rounding.
    """
    numerator, denominator = float(factor).as_integer_ratio()
    return None if denominator > _FINEST else SizeLaw(denominator, -(-denominator // numerator))


def cut(size: Size, start: int, stop: int | None) -> Size:
    """The number of elements in `[start:stop]`; None where the size is unknown and the bounds count from different ends."""
    if stop is not None and (start < 0) == (stop < 0):
        return stop - start
    if size is None:
        return None
    last = size if stop is None else stop + size * (stop < 0)
    return last - (start + size * (start < 0))
