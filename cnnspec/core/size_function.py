"""A size as a function of the input's size n: a table, and the law by which it goes on for every n.

The law: `f(n + period) = f(n) + growth` for every n from `start` on; a size that is not valid (None) stays so.
The table holds n from 1 up to the end of the first period after `start`, so that it is the proof for all n. What
a layer makes of one size m, is such a function too, of m; layers one after another are compositions, and two
branches meet over the least common multiple of their periods.

Where no law is known the period is 0, and nothing is known beyond the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cnnspec.core.shape import Size

LONGEST = 1 << 16
"""A table is never longer; where a law would need more, there is none."""
HORIZON = 4096
"""How far a function goes that has no law."""


class SizeFunction(NamedTuple):
    """`table[n − 1]` is the size for n; the last `period` entries go on for ever, by `growth` a period."""

    table: tuple[Size, ...]
    period: int
    growth: int

    @property
    def start(self) -> int:
        """The first n from which the law holds."""
        return len(self.table) - self.period + 1

    @property
    def proven(self) -> bool:
        """Whether it is known for every n."""
        return self.period > 0

    def at(self, n: int) -> Size:
        """The size for n ≥ 1; None where it is not valid, or beyond what is known."""
        beyond = n - len(self.table)
        if beyond <= 0:
            return self.table[n - 1]
        if not self.period:
            return None
        rounds = -(-beyond // self.period)
        size = self.table[n - rounds * self.period - 1]
        return None if size is None else size + rounds * self.growth

    def values(self, last: int) -> list[Size]:
        """The sizes for n from 1 to `last`."""
        found = list(self.table[:last])
        while self.period and len(found) < last:
            found += [None if size is None else size + self.growth for size in found[-self.period :]]
        return found[:last]

    @property
    def cycle(self) -> tuple[Size, ...]:
        """The entries that go on for ever."""
        return self.table[len(self.table) - self.period :]

    @property
    def empty(self) -> bool:
        """Whether no n at all is known to be valid."""
        return all(size is None for size in self.table)

    @property
    def ends(self) -> bool:
        """Whether no n from `start` on is valid."""
        return self.proven and all(size is None for size in self.cycle)


IDENTITY = SizeFunction((1,), 1, 1)
"""f(n) = n."""
ALWAYS = SizeFunction((0,), 1, 0)
"""Valid everywhere; as a set of n its values don't matter."""


def size_function(table: Sequence[Size], period: int, growth: int) -> SizeFunction:
    """The function in its shortest form: the least period, and the law from the least n on."""
    if not period:
        return SizeFunction(tuple(table), 0, 0)
    cycle = table[len(table) - period :]
    if all(size is None for size in cycle):
        growth, least = 0, 1
    else:
        least = _least_period(cycle, growth)
    growth = growth * least // period
    end = len(table) - period + least
    while end > least and _agree(table[end - least - 1], table[end - 1], growth):
        end -= 1
    return SizeFunction(tuple(table[:end]), least, growth)


def _agree(size: Size, later: Size, growth: int) -> bool:
    return later is None if size is None else later == size + growth


def _least_period(cycle: Sequence[Size], growth: int) -> int:
    period = len(cycle)
    for prime in _prime_factors(period):
        while period % prime == 0 and growth * (period // prime) % len(cycle) == 0:
            shorter = period // prime
            step = growth * shorter // len(cycle)
            if not all(_agree(cycle[i], cycle[i + shorter], step) for i in range(len(cycle) - shorter)):
                break
            period = shorter
    return period


@lru_cache(256)
def _prime_factors(number: int) -> tuple[int, ...]:
    found, factor = [], 2
    while factor * factor <= number:
        if number % factor == 0:
            found.append(factor)
            number //= factor
        else:
            factor += 1
    return tuple(dict.fromkeys([*found, number])) if number > 1 else tuple(dict.fromkeys(found))


@lru_cache(1024)
def compose(outer: SizeFunction, inner: SizeFunction) -> SizeFunction:
    """`outer(inner(n))`; not valid where either is not."""
    if outer == IDENTITY:
        return inner
    if inner == IDENTITY:
        return outer
    rounds = 1
    if inner.growth and outer.period:
        rounds = outer.period // math.gcd(outer.period, inner.growth)
    period = inner.period * rounds
    start = _first_at_least(inner, outer.start)
    last = start - 1 + period
    if not outer.proven or not inner.proven or last > LONGEST:
        return _pointwise(lambda size: None if size is None else outer.at(size), inner)
    table = [None if size is None else outer.at(size) for size in inner.values(last)]
    growth = inner.growth * rounds * outer.growth // outer.period
    return size_function(table, period, growth)


def _pointwise(rule: Callable[[Size], Size], inner: SizeFunction) -> SizeFunction:
    return SizeFunction(tuple(map(rule, inner.values(HORIZON))), 0, 0)


def _first_at_least(function: SizeFunction, least: int) -> int:
    """The first n from which the law holds and all values are `least` or more, or repeat."""
    short = max((least - size for size in function.cycle if size is not None), default=0)
    if short <= 0 or function.growth == 0:
        return function.start
    return function.start - (-short // function.growth) * function.period


class Meeting(NamedTuple):
    """How far several functions must be looked at together: up to `last`, of which the last `period` go on for ever."""

    last: int
    period: int
    growths: tuple[int, ...]
    """Of each function over this period."""


def meeting(functions: Sequence[SizeFunction], period: int = 1, least: int = 1) -> Meeting:
    """The n up to which a rule on these sizes must be asked to be known for every n; the period is 0 where none is.

    The rule compares sizes, and gives what grows in step with them: it has the law of `period` for sizes of
    `least` or more. Where two of them grow differently, the order between them must have settled.
    """
    if not all(function.proven for function in functions):
        return Meeting(HORIZON, 0, (0,) * len(functions))
    common = math.lcm(*(function.period for function in functions))
    growths = [function.growth * common // function.period for function in functions]
    rounds = math.lcm(*(period // math.gcd(period, growth) for growth in growths))
    common, growths = common * rounds, [growth * rounds for growth in growths]
    first = start = max(_first_at_least(function, least) for function in functions)
    if start - 1 + common > LONGEST:
        return Meeting(HORIZON, 0, (0,) * len(functions))
    columns = [function.values(start - 1 + common)[start - 1 :] for function in functions]
    for i, growth in enumerate(growths):
        for j, other in enumerate(growths[:i]):
            if growth != other:
                pairs = zip(columns[i], columns[j], strict=True)
                widest = max((abs(a - b) for a, b in pairs if a is not None and b is not None), default=0)
                start = max(start, first + (widest // abs(growth - other) + 1) * common)
    last = start - 1 + common
    return (
        Meeting(last, common, tuple(growths))
        if last <= LONGEST
        else Meeting(HORIZON, 0, (0,) * len(functions))
    )


def both(one: SizeFunction, other: SizeFunction) -> SizeFunction:
    """The set of n that are valid in both."""
    if other in (ALWAYS, one):
        return one
    if one == ALWAYS:
        return domain(other)
    last, period = _common(one, other)
    pairs = zip(one.values(last), other.values(last), strict=True)
    return size_function([None if a is None or b is None else 0 for a, b in pairs], period, 0)


def _common(one: SizeFunction, other: SizeFunction) -> tuple[int, int]:
    """How far two sets must be looked at, and their common period; 0 where there is none.

    A set that ends is known for ever, though the other one has no law.
    """
    for ended, second in ((one, other), (other, one)):
        if ended.ends and (second.proven or len(ended.table) <= len(second.table)):
            return len(ended.table), 1
    period = math.lcm(one.period, other.period)
    last = max(one.start, other.start) - 1 + period
    if not period or last > LONGEST:
        return min(f.proven * HORIZON or len(f.table) for f in (one, other)), 0
    return last, period


@lru_cache(1024)
def domain(function: SizeFunction) -> SizeFunction:
    """The set of n for which a function is valid."""
    if None not in function.table:
        return ALWAYS if function.proven else SizeFunction((0,) * len(function.table), 0, 0)
    return size_function([None if size is None else 0 for size in function.table], function.period, 0)
