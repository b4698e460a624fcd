"""Rules on shapes that several kinds share: each gives what a kind goes on with, or raises Reject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from cnnspec.core import size as sizes
from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.core.shape import Shape
from cnnspec.core.sliding_window import Window

T = TypeVar("T")

RANK_NAMES = ("features", "signals [C, L]", "images [C, H, W]", "volumes [C, D, H, W]")


# The rank and the channels


def spatial_rank(x: Shape, *, least: int = 1, most: int = 3, otherwise: Shape | None = None) -> int:
    """The rank of a channels-first input, which must be from `least` to `most`. Raises Reject."""
    rank = x.rank
    if x.channel_axis != 0:
        require_channels_first(x, otherwise=otherwise)
    if not least <= rank <= most:
        message = f"it takes {_ranks(least, most)}, the input is {x} ({_rank_name(rank)})"
        hint = "Write it before flatten, or unflatten the features." if rank == 0 else ""
        raise Reject("wrong-rank", message, hint=hint, otherwise=otherwise)
    return rank


def _ranks(least: int, most: int) -> str:
    return " or ".join(RANK_NAMES[least : most + 1])


def _rank_name(rank: int) -> str:
    return RANK_NAMES[rank] if rank < len(RANK_NAMES) else f"{rank + 1} axes"


def require_channels_first(x: Shape, *, otherwise: Shape | None = None) -> None:
    """Raise Reject where the channels are not on axis 0, to which `permute` can move them."""
    if x.channel_axis != 0:
        message = f"it takes axis 0 for the channels, but the input {x} has them on axis {x.channel_axis}"
        back = [x.channel_axis, *(axis for axis in range(len(x.sizes)) if axis != x.channel_axis)]
        raise Reject("channel-axis", message, hint=f"Write permute: {back} before it.", otherwise=otherwise)


def require_groups(x: Shape, groups: int, field: str, otherwise: Callable[[], Shape]) -> None:
    """Raise Reject where the input's channels don't split into groups of equal size.

    `otherwise` computes what is still known of the output's shape.
    """
    if not sizes.divides(groups, x.channels):
        message = f"{x.channels} input channels do not split into {groups} groups"
        hint = f"Write a divisor of {x.channels}: {_divisors(x.channels)}."
        raise Reject("indivisible-groups", message, field=field, hint=hint, otherwise=otherwise())


def _divisors(number: int | None) -> str:
    """The smallest divisors of a number, for a hint."""
    found = [d for d in range(1, min(number or 1, 4096) + 1) if (number or 1) % d == 0]
    return ", ".join(map(str, found[:12]))


# Axes


def per_axis(value: T | tuple[T, ...], rank: int, field: str) -> tuple[T, ...]:
    """One value for each of `rank` axes, from one for all or a list. Raises Reject where the list has another length."""
    if not isinstance(value, tuple):
        return (value,) * rank
    if len(value) != rank:
        message = (
            f"{field} has {plural(len(value), 'value')}, the input has {rank} spatial {_axes_word(rank)}"
        )
        hint = f"Write one number for all axes, or {rank} of them."
        raise Reject("wrong-rank", message, field=field, hint=hint)
    return value


def _axes_word(rank: int) -> str:
    return "axis" if rank == 1 else "axes"


def resolve_axis(axis: int, x: Shape, field: str, *, otherwise: Shape | None = None) -> int:
    """The axis counted from 0, the batch not counted. Raises Reject where the shape has no such axis."""
    count = len(x.sizes)
    if not -count <= axis < count:
        message = f"{field} is {axis}, but {x} has the axes 0 to {count - 1}"
        hint = f"Write a number from {-count} to {count - 1}."
        raise Reject("axis-out-of-range", message, field=field, hint=hint, otherwise=otherwise)
    return axis % count


def resolve_axes(
    axes: Sequence[int], x: Shape, field: str, *, otherwise: Shape | None = None
) -> tuple[int, ...]:
    """The axes counted from 0, in ascending order. Raises Reject for an axis that is missing or named twice."""
    found = tuple(sorted(resolve_axis(axis, x, field, otherwise=otherwise) for axis in axes))
    if len(set(found)) != len(found):
        message = f"{field} {list(axes)} names an axis twice; counted from 0 they are {list(found)}"
        hint = f"Write {sorted(set(found))}."
        raise Reject("axis-twice", message, field=field, hint=hint, otherwise=otherwise)
    return found


def axis_or_channels(axis: int | None, x: Shape, *, otherwise: Shape | None = None) -> int:
    """The axis counted from 0; the channels' for None. Raises Reject."""
    return x.channel_axis if axis is None else resolve_axis(axis, x, "axis", otherwise=otherwise)


# Windows and sizes


def slide(windows: Sequence[Window], x: Shape, channels: int | None, *, can_pad: bool = True) -> Shape:
    """The output's shape when windows slide over the spatial axes of a channels-first input.

    Raises Reject where one doesn't fit. `can_pad`: whether the hint may propose more padding.
    """
    y = positions(windows, x, channels)
    for axis, count in enumerate(y.sizes[1:]):
        if count is not None and count < 1:
            window, size = windows[axis], x.spatial[axis]
            assert size is not None, "else the count is not known"
            raise Reject(
                "kernel-too-large",
                _too_large(window, size, "" if x.rank == 1 else f" along axis {axis + 1}"),
                field="kernel_size",
                hint=_kernel_that_fits(window, size, can_pad=can_pad),
                otherwise=without_empty_sizes(y),
            )
    return y


def positions(windows: Sequence[Window], x: Shape, channels: int | None) -> Shape:
    """The number of positions that each window takes along its axis, whether it fits or not."""
    return Shape((channels, *[w.slide(size) for w, size in zip(windows, x.sizes[1:], strict=True)]))


def _too_large(window: Window, size: int, where: str) -> str:
    padded = size + window.before + window.after
    spans = f"kernel_size {window.kernel}"
    if window.dilation > 1:
        spans += f" with dilation {window.dilation} spans {window.extent} and"
    padding = "" if padded == size else f", {padded} with its padding"
    return f"{spans} does not fit into the input's {size}{where}{padding}"


def _kernel_that_fits(window: Window, size: int, *, can_pad: bool) -> str:
    padded = size + window.before + window.after
    if padded == 1 and not can_pad:
        return "There is nothing left to shrink: take out a layer that shrinks it, or let a larger input in."
    hint = f"Write a kernel_size of at most {(padded - 1) // window.dilation + 1}"
    if can_pad and window.before == window.after:
        hint += f", or a padding of at least {window.before - (padded - window.extent) // 2}"
    return f"{hint}."


def without_empty_sizes(shape: Shape) -> Shape:
    """The shape with sizes below 1 made unknown, for a Reject's `otherwise`."""
    known = tuple(size if size is not None and size >= 1 else None for size in shape.sizes)
    return Shape(known, shape.channel_axis)
