"""A plot in characters: dots of braille, two by four a character, with the numbers of its axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LABEL = 9


def plot(xs: Sequence[float], ys: Sequence[float], *, width: int, height: int, mark: float) -> str:
    """The points, `xs` on a logarithmic axis, in `width`×`height` characters; a line below points at `mark`."""
    columns = max(1, width - _LABEL - 2)
    low, high = min(ys), max(ys)
    cells = [[0] * columns for _ in range(height)]
    for x, y in zip(xs, ys, strict=True):
        column = round(_fraction(x, xs) * (2 * columns - 1))
        row = round((high - y) / ((high - low) or 1) * (4 * height - 1))
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    lines = ["".join(chr(_BRAILLE + dots) if dots else " " for dots in row).rstrip() for row in cells]
    names = [f"{high:.4g}", *[""] * (height - 2), f"{low:.4g}"]
    body = [f"{name:>{_LABEL}} │{line}".rstrip() for name, line in zip(names, lines, strict=True)]
    first, last = f"{xs[0]:.1e}", f"{xs[-1]:.1e}"
    axis = f"{'':>{_LABEL}} └{'─' * columns}"
    at = round(_fraction(mark, xs) * (columns - 1))
    arrow = f"{'':>{_LABEL}}  {' ' * at}▲"
    ends = f"{'':>{_LABEL}}  {first}{last:>{max(1, columns - len(first))}}"
    return "\n".join([*body, axis, arrow, ends])


def _fraction(x: float, xs: Sequence[float]) -> float:
    """Where x stands between the first and the last, from 0 to 1."""
    whole = math.log(xs[-1] / xs[0])
    return math.log(x / xs[0]) / whole if whole else 0.0
