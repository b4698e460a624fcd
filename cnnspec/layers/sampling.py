"""Which inputs an interpolated output reads, when the factor is a ratio of small whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from cnnspec.core.window import Reach

_MOST_PHASES = 64
_HALF = Fraction(1, 2)


def sampled(factor: float | Fraction, mode: str) -> Reach | None:
    """With the factor a/b, output j + a comes from b inputs further on than output j does.

    None when there are too many phases for an answer of use. The border, where positions are cut
    off, is not considered. Source: ATen/native/UpSample.h, area_pixel_compute_source_index.
    """
    ratio = Fraction(factor)
    if ratio.numerator > _MOST_PHASES:
        return None
    return Reach(ratio.denominator, tuple(_taps(Fraction(j), ratio, mode) for j in range(ratio.numerator)))


def _taps(output: Fraction, ratio: Fraction, mode: str) -> tuple[int, int]:
    """The first and last input that one output reads."""
    if mode == "nearest":
        position = floor(output / ratio)
        return position, position
    centre = (output + _HALF) / ratio
    if mode == "nearest-exact":
        return floor(centre), floor(centre)
    low = floor(centre - _HALF)
    if low == centre - _HALF:
        return low, low
    return (low - 1, low + 2) if mode == "bicubic" else (low, low + 1)
