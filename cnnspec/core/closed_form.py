"""A size function as a formula: `⌊(H + 31)/32⌋`, found from its table."""

from __future__ import annotations

import math
from fractions import Fraction

from cnnspec.core.size_function import SizeFunction

_MOST_POINTS = 1 << 17


def closed_form(function: SizeFunction, valid: SizeFunction, symbol: str) -> int | str | None:
    """The function where it is valid, as a text with the symbol in it, or a number where it is always the same.

    ⌊(a·n + b)/c⌋, else g·⌊…⌋ + d, else the law of its table. None where it is valid nowhere.
    """
    points, growth, period = _points(function, valid)
    if not points:
        return None
    sizes = {size for _, size in points}
    if len(sizes) == 1:
        return sizes.pop()
    plain = _floor(points, growth, period, symbol)
    if plain is not None:
        return plain
    base = points[0][1]
    step = math.gcd(*(size - base for size in sizes), growth)
    if step > 1:
        rest = base % step
        inner = _floor([(n, (size - rest) // step) for n, size in points], growth // step, period, symbol)
        if inner is not None:
            return f"{step}·{in_product(inner)}" + (f" + {rest}" if rest else "")
    first, size = points[0]
    if not (function.proven and valid.proven):
        slope = Fraction(growth, period).limit_denominator(100)
        return f"≈{slope.numerator if slope.numerator != 1 else ''}{symbol}/{slope.denominator}"
    return f"{size} at {symbol} = {first}, {growth} more every {period}"


def _points(function: SizeFunction, valid: SizeFunction) -> tuple[list[tuple[int, int]], int, int]:
    """Where the function is valid and what it is there, over one period; its growth over it."""
    period = math.lcm(function.period or 1, valid.period or 1)
    last = max(len(function.table), len(valid.table)) + period
    rough = [len(f.table) for f in (function, valid) if not f.proven]
    if rough or last > _MOST_POINTS:
        last = min([*rough, _MOST_POINTS])
    pairs = enumerate(zip(function.values(last), valid.values(last), strict=False), start=1)
    points = [(n, size) for n, (size, there) in pairs if size is not None and there is not None]
    if function.proven:
        return points, function.growth * period // function.period, period
    if len(points) < 2:  # noqa: PLR2004 -- two points make a slope
        return points, 0, 1
    (n, size), (m, other) = points[0], points[-1]
    return points, other - size, m - n


def _floor(points: list[tuple[int, int]], growth: int, period: int, symbol: str) -> str | None:
    """⌊(a·n + b)/c⌋ with a/c = growth/period, where such a b is there."""
    divisor = math.gcd(growth, period)
    a, c = growth // divisor, period // divisor
    low = max(c * size - a * n for n, size in points)
    high = min(c * size - a * n + c - 1 for n, size in points)
    if low > high or not a:
        return None
    b = min(max(0, low), high)
    exact = c == 1 or all((a * n + b) % c == 0 for n, _ in points)
    numerator = f"{a if a != 1 else ''}{symbol}" + (f" {'+' if b > 0 else '−'} {abs(b)}" if b else "")
    if c == 1:
        return numerator
    fraction = f"({numerator})/{c}" if b else f"{numerator}/{c}"
    return fraction if exact else f"⌊{fraction}⌋"


def in_product(size: int | str | None) -> str:
    """A formula as a factor: `(H − 4)`, `⌊(H + 31)/32⌋`."""
    text = str(size)
    return f"({text})" if " " in text and not text.startswith("⌊") and "·" not in text else text
