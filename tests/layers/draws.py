"""Single random arguments, mostly good ones, for the samples of layers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from cnnspec.core.shape import Shape

Arguments = dict[str, Any]


def shape(rng: Random, *, least: int = 0, most: int = 3, moved: float = 0.05, big: int = 12) -> Shape:
    """A shape of a rank mostly within the bounds, its channels now and then on another axis."""
    rank = rng.randint(least, most) if rng.random() < 0.93 else rng.randint(0, 4)
    channels = rng.choice((1, 2, 3, 4, 6, 8, 12))
    spatial = (rng.randint(1, big if rank < 3 else 5) for _ in range(rank))
    axis = rng.randint(0, rank) if rng.random() < moved else 0
    sizes = [*spatial]
    sizes.insert(axis, channels)
    return Shape(tuple(sizes), axis)


def number(rng: Random, low: int, high: int, bad: float = 0.04) -> int:
    """A whole number within the bounds, now and then one below."""
    return low - 1 if rng.random() < bad else rng.randint(low, high)


def each(rng: Random, rank: int, low: int, high: int, bad: float = 0.02) -> int | tuple[int, ...]:
    """One number for all axes, or one each; now and then one too many or too few."""
    if rng.random() < 0.5:
        return number(rng, low, high, bad)
    count = rank if rng.random() < 0.94 else rng.randint(1, 4)
    return tuple(number(rng, low, high, bad) for _ in range(max(count, 1)))


def maybe(rng: Random, **choices: Callable[[], Any]) -> Arguments:
    """Some of the arguments, the others left to their defaults."""
    return {name: draw() for name, draw in choices.items() if rng.random() < 0.5}


def flag(rng: Random) -> bool:
    """Either."""
    return rng.random() < 0.5


def real(rng: Random, low: float = -2.0, high: float = 2.0) -> float:
    """A number, often a round one."""
    return rng.choice((0.0, 1.0, rng.uniform(low, high)))


def chance(rng: Random) -> float:
    """A probability, now and then none."""
    return rng.choice((0.0, 0.1, 0.5, 1.0, 1.5, -0.1))


def axis(rng: Random, x: Shape, over: int = 1) -> int:
    """An axis of the shape, or one just beyond."""
    count = len(x.sizes)
    return rng.randint(-count, count - 1 + (over if rng.random() < 0.1 else 0))
