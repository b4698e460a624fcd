"""What a layer reads, drawn in characters: a row for each output, a column for each element of the input.

        input  p 0 1 2 3 4 5 6 p
    output 0   ■ ■ ■ · · · · · ·
    output 1   · · ■ ■ ■ · · · ·

Only small inputs are drawn: signals of a few elements, and a few channels in groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Reach
from cnnspec.layers.base import Layer
from cnnspec.layers.conv import Convolution
from cnnspec.layers.conv_transpose import ConvTranspose

_LONGEST = 8
"""So many elements are drawn at most, and so many channels: a row fits 40 columns."""
_READ, _NOT_READ, _PADDING = "■", "·", "p"


def drawings(layer: Layer, x: Shape, y: Shape) -> list[list[str]]:
    """The lines of each drawing: along the axis of a short signal, and of channels in groups."""
    return [drawing for drawing in (_along_the_axis(layer, x, y), _of_channels(layer, x, y)) if drawing]


def _along_the_axis(layer: Layer, x: Shape, y: Shape) -> list[str]:
    (size, outputs) = (*x.spatial, *y.spatial) if x.rank == y.rank == 1 else (None, None)
    if size is None or outputs is None or max(size, outputs) > _LONGEST:
        return []
    read = _read(layer, x, size, outputs)
    if all(row == [index] for index, row in enumerate(read)):
        return []
    windows = layer.windows(1)
    before, after = (windows[0].before, windows[0].after) if windows else (0, 0)
    columns = range(-before, size + after)
    heads = [str(column) if 0 <= column < size else _PADDING for column in columns]
    legend = [f"({_PADDING}: padding)"] if before or after else []
    return [*_grid(("input", "output"), heads, [[c in row for c in columns] for row in read]), *legend]


def _read(layer: Layer, x: Shape, size: int, outputs: int) -> list[list[int]]:
    """The positions that each output reads, those of the padding counting from −1 down and from the size up."""
    windows = layer.windows(1)
    if windows is not None:
        (window,) = windows
        starts = [output * window.stride - window.before for output in range(outputs)]
        return [[start + window.dilation * element for element in range(window.kernel)] for start in starts]
    reaches = layer.reach(x)
    if reaches is None:
        return []
    if reaches == "whole":
        return [list(range(size))] * outputs
    return [list(_positions(reaches[0], output, size)) for output in range(outputs)]


def _positions(reach: Reach, output: int, size: int) -> Iterator[int]:
    period, phase = divmod(output, len(reach.taps))
    tap = reach.taps[phase]
    if tap is not None:
        positions = (period * reach.step + position for position in tap.positions)
        yield from (position for position in positions if 0 <= position < size)


def _of_channels(layer: Layer, x: Shape, y: Shape) -> list[str]:
    """Which channels that come in each channel that comes out is made of."""
    inputs, outputs = x.channels or 0, y.channels or 0
    groups = _groups(layer, inputs)
    if groups == 1 or max(inputs, outputs) > _LONGEST:
        return []
    rows = [[i * groups // inputs == o * groups // outputs for i in range(inputs)] for o in range(outputs)]
    return _grid(("channel in", "out"), [str(index) for index in range(inputs)], rows)


def _groups(layer: Layer, channels: int) -> int:
    if isinstance(layer, Convolution):
        return layer.filters(channels)[1]
    return layer.groups if isinstance(layer, ConvTranspose) else 1


def _grid(names: tuple[str, str], heads: Sequence[str], rows: Sequence[Sequence[bool]]) -> list[str]:
    """Columns under their heads; `names` are those of a column and of a row."""
    column, row = names
    width = max(len(column), len(f"{row} {len(rows) - 1}"))
    lines = [f"{column:>{width}}  {' '.join(heads)}"]
    for index, marks in enumerate(rows):
        cells = " ".join(_READ if mark else _NOT_READ for mark in marks)
        lines.append(f"{f'{row} {index}':>{width}}  {cells}")
    return lines
