"""The contract of a layer kind: everything about it stands in its class, all else flows from it.

A new kind is three edits: its class here or beside, its line in `layers/__init__.py`, its cases in
`tests/`. The class gives:

- pydantic fields with torch's names, defaults and bounds, a description each (`fields.py` has types);
- a docstring of four paragraphs: what it does; `Formula:`; `When:`; `Against:`;
- `infer` (and `windows`, where a kernel slides): shapes, formula, receptive field;
- `inferred`, `weights`, `macs`: what the input decides, the parameters, the cost;
- `emit`: what it is in torch.

The compiler calls these in this order: `consistent`, then with the input's shape `infer` (by way of
`infer_from`: all branches of a Merge, or the input and the values that `references` name), then
`inferred` (compared with the assertions that were written; None: unknown), and, when all sizes are
known, `weights`, `macs` and `emit`. They are pure. `infer` may meet unknown sizes (None): it passes
them on through `core.size`, and never raises because of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal, TypeVar

from cnnspec.core import size as sizes
from cnnspec.core.emit import Argument, Emit
from cnnspec.core.plural import plural
from cnnspec.core.reject import Reject
from cnnspec.core.shape import Shape
from cnnspec.core.window import POINT, Reach, Window
from cnnspec.declare.arguments import Arguments

Whole = Literal["whole"]
Reaches = tuple[Reach, ...] | Whole | None
T = TypeVar("T")
RANKS = ("features", "signals [C, L]", "images [C, H, W]", "volumes [C, D, H, W]")

MOST_TAPS = 65_536
"""What is looked at to tell which inputs an output reads; beyond it there is no telling."""


class Layer(Arguments):
    """A layer with its arguments, already validated; shapes never count the batch."""

    needs_name: ClassVar[bool] = False
    """Whether the item must have a name: its parameter bears it."""
    normalises: ClassVar[bool] = False
    """Whether it squashes scores into probabilities, which the cross-entropy loss does by itself."""
    mixes_channels: ClassVar[bool] = False
    """Whether an output reads other channels of its input than its own (for the receptive field)."""
    scales_values: ClassVar[bool] = False
    """Whether its weights scale one value each, of whatever rank they are: they are no matrices to an optimizer."""
    averages_batch: ClassVar[bool] = False
    """Whether in training it takes the mean of a channel over the whole batch."""
    references: ClassVar[tuple[str, ...]] = ()
    """Arguments that name another value (`like`); those written come in as inputs after the first."""

    def infer(self, x: Shape) -> Shape:
        """The output's shape. Raises Reject when the input doesn't suit."""
        return x

    def infer_from(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape from all inputs: one, and those that `references` names. Raises Reject."""
        return self.infer(*inputs)

    def inferred(self, x: Shape) -> Mapping[str, Argument]:
        """What torch's constructor wants to be told of the input; a written value is an assertion."""
        return {}

    def windows(self, rank: int) -> tuple[Window, ...] | None:
        """The kernel along each of `rank` spatial axes, where the kind has one. Raises Reject."""
        return None

    def reach(self, x: Shape) -> Reaches:
        """Which inputs an output reads along each spatial axis, all of them, or None: no telling."""
        windows = self.windows(x.rank)
        if windows is None:
            return (POINT,) * x.rank
        return tuple(window.reach() for window in windows)

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The learned parameters by torch's names, in torch's order, with their shapes."""
        return {}

    def buffers(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """What the state_dict holds besides, in torch's order: running statistics."""
        return {}

    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates of one sample, as torch's FlopCounterMode counts them (two flops each)."""
        return 0

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """How each output size comes about, with its numbers; one line an axis that differs."""
        windows = self.windows(x.rank)
        if windows is None:
            return ()
        lines = [w.formula(size) for w, size in zip(windows, x.spatial, strict=True) if size is not None]
        return tuple(dict.fromkeys(lines))

    def emit(self, x: Shape) -> Emit:
        """The layer in torch, for an input of this shape (batch axis not counted)."""
        raise NotImplementedError


def per_axis(value: T | tuple[T, ...], rank: int, field: str) -> tuple[T, ...]:
    """One value an axis, from one for all or a list. Raises Reject when the list's length differs."""
    if not isinstance(value, tuple):
        return (value,) * rank
    if len(value) != rank:
        message = f"{field} has {plural(len(value), 'value')}, the input has {rank} spatial {_axes(rank)}"
        hint = f"Write one number for all axes, or {rank} of them."
        raise Reject("wrong-rank", message, field=field, hint=hint)
    return value


def spatial_rank(x: Shape, *, least: int = 1, most: int = 3, otherwise: Shape | None = None) -> int:
    """The rank of a channels-first input that has spatial axes. Raises Reject, with what is known otherwise."""
    require_channels_first(x, otherwise=otherwise)
    if not least <= x.rank <= most:
        message = f"it takes {_ranks(least, most)}, the input is {x} ({_called(x.rank)})"
        hint = "Write it before flatten, or unflatten the features." if x.rank == 0 else ""
        raise Reject("wrong-rank", message, hint=hint, otherwise=otherwise)
    return x.rank


def require_channels_first(x: Shape, *, otherwise: Shape | None = None) -> None:
    """Raise Reject when `permute` has moved the channels away from axis 0."""
    if x.channel_axis != 0:
        message = f"it takes axis 0 for the channels, but the input {x} has them on axis {x.channel_axis}"
        back = [x.channel_axis, *(axis for axis in range(len(x.sizes)) if axis != x.channel_axis)]
        raise Reject("channel-axis", message, hint=f"Write permute: {back} before it.", otherwise=otherwise)


def resolve_axis(axis: int, x: Shape, field: str, *, otherwise: Shape | None = None) -> int:
    """The axis counted from 0, the batch not counted. Raises Reject when there is none such."""
    count = len(x.sizes)
    if not -count <= axis < count:
        message = f"{field} is {axis}, but {x} has the axes 0 to {count - 1}"
        hint = f"Write a number from {-count} to {count - 1}."
        raise Reject("axis-out-of-range", message, field=field, hint=hint, otherwise=otherwise)
    return axis % count


def resolve_axes(
    axes: Sequence[int], x: Shape, field: str, *, otherwise: Shape | None = None
) -> tuple[int, ...]:
    """The axes counted from 0, in ascending order. Raises Reject when one is not there, or there twice."""
    found = tuple(sorted(resolve_axis(axis, x, field, otherwise=otherwise) for axis in axes))
    if len(set(found)) != len(found):
        message = f"{field} {list(axes)} names an axis twice; counted from 0 they are {list(found)}"
        hint = f"Write {sorted(set(found))}."
        raise Reject("axis-twice", message, field=field, hint=hint, otherwise=otherwise)
    return found


def axis_or_channels(axis: int | None, x: Shape, *, otherwise: Shape | None = None) -> int:
    """The axis counted from 0; the channels' where none is written. Raises Reject."""
    return x.channel_axis if axis is None else resolve_axis(axis, x, "axis", otherwise=otherwise)


def slide(windows: Sequence[Window], x: Shape, channels: int | None, *, can_pad: bool = True) -> Shape:
    """The windows slid over the spatial axes of a channels-first input.

    Raises Reject where one doesn't fit, with what is still known of the output. `can_pad` says that
    more padding would be legal, for the hint.
    """
    counts = tuple([w.slide(size) for w, size in zip(windows, x.spatial, strict=True)])
    for axis, count in enumerate(counts):
        window, size = windows[axis], x.spatial[axis]
        if size is not None and count is not None and count < 1:
            known = tuple(None if c is None or c < 1 else c for c in counts)
            raise Reject(
                "kernel-too-large",
                _too_large(window, size, "" if x.rank == 1 else f" along axis {axis + 1}"),
                field="kernel_size",
                hint=_fitting(window, size, can_pad=can_pad),
                otherwise=Shape((channels, *known)),
            )
    return Shape((channels, *counts))


def _too_large(window: Window, size: int, where: str) -> str:
    padded = size + window.before + window.after
    spans = f"kernel_size {window.kernel}"
    if window.dilation > 1:
        spans += f" with dilation {window.dilation} spans {window.extent} and"
    padding = "" if padded == size else f", {padded} with its padding"
    return f"{spans} does not fit into the input's {size}{where}{padding}"


def _fitting(window: Window, size: int, *, can_pad: bool) -> str:
    padded = size + window.before + window.after
    if padded == 1 and not can_pad:
        return "There is nothing left to shrink: take out a layer that shrinks it, or let a larger input in."
    hint = f"Write a kernel_size of at most {(padded - 1) // window.dilation + 1}"
    if can_pad and window.before == window.after:
        hint += f", or a padding of at least {window.before - (padded - window.extent) // 2}"
    return f"{hint}."


def _called(rank: int) -> str:
    return RANKS[rank] if rank < len(RANKS) else f"{rank + 1} axes"


def _axes(rank: int) -> str:
    return "axis" if rank == 1 else "axes"


def _ranks(least: int, most: int) -> str:
    return " or ".join(RANKS[least : most + 1])


def require_groups(x: Shape, groups: int, field: str, otherwise: Callable[[], Shape]) -> None:
    """Raise Reject when the channels that come in don't split into groups of equal size.

    `otherwise` tells then what is still known of the output.
    """
    if not sizes.divides(groups, x.channels):
        message = f"{x.channels} input channels do not split into {groups} groups"
        hint = f"Write a divisor of {x.channels}: {_divisors(x.channels)}."
        raise Reject("indivisible-groups", message, field=field, hint=hint, otherwise=otherwise())


def _divisors(number: int | None) -> str:
    """The smallest divisors of a number, for a hint."""
    found = [d for d in range(1, min(number or 1, 4096) + 1) if (number or 1) % d == 0]
    return ", ".join(map(str, found[:12]))


def positive(shape: Shape) -> Shape:
    """Sizes that came out below 1 are unknown."""
    sizes = tuple(None if size is None or size < 1 else size for size in shape.sizes)
    return Shape(sizes, shape.channel_axis)
