"""Operations on sizes, by name.

`infer` does no arithmetic of its own on a spatial size: it names one of these. Numbers are one
interpretation of them; an unknown size (None) passes through and never raises a second error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.core.shape import Size

LARGEST = 2**63
"""No tensor has as many elements as this."""


def product(sizes: Iterable[Size]) -> Size:
    """The number of elements; unknown when one factor is."""
    result = 1
    for size in sizes:
        if size is None:
            return None
        result *= size
    return result


def total(sizes: Iterable[Size]) -> Size:
    """The sum of sizes that are laid end to end; unknown when one of them is."""
    result = 0
    for size in sizes:
        if size is None:
            return None
        result += size
    return result


def grow(size: Size, amount: int) -> Size:
    """The size with `amount` elements more, or fewer when it is negative."""
    return None if size is None else size + amount


def multiply(size: Size, factor: int) -> Size:
    """The size times a whole factor."""
    return None if size is None else size * factor


def divide(size: Size, divisor: int) -> Size:
    """The size over a whole divisor, which `divides` has allowed."""
    return None if size is None else size // divisor


def divides(divisor: int, size: Size) -> bool:
    """Whether the division leaves nothing over; an unknown size is given the benefit."""
    return size is None or size % divisor == 0


def scale(size: Size, factor: float) -> Size:
    """⌊size · factor⌋ in double arithmetic, as torch's interpolate computes it."""
    if size is None:
        return None
    scaled = float(size) * factor
    return math.floor(scaled) if math.isfinite(scaled) else LARGEST


def equal(one: Size, other: Size) -> bool:
    """Whether two sizes agree; an unknown one agrees with any."""
    return one is None or other is None or one == other


def at_least(size: Size, least: int) -> bool:
    """Whether a size reaches `least`; an unknown one does."""
    return size is None or size >= least


def broadcasts(one: Size, other: Size) -> bool:
    """Whether elements can be paired: the sizes agree, or one of them is 1."""
    return equal(one, other) or one == 1 or other == 1


def broadcast(one: Size, other: Size) -> Size:
    """The size of the pairing that `broadcasts` has allowed."""
    if one == 1 or (one is None and other != 1):
        return other
    return one


def cut(size: Size, start: int, stop: int | None) -> Size:
    """How many elements `[start:stop]` takes; bounds that count from the front need no size."""
    if stop is not None and (start < 0) == (stop < 0):
        return stop - start
    if size is None:
        return None
    last = size if stop is None else stop + size * (stop < 0)
    return last - (start + size * (start < 0))
