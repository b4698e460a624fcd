"""Sizes that are accepted only together: where a product of functions must be one of some numbers.

A linear layer behind flatten takes K features, C for each of the height's f(H) times the width's g(W) positions:
the sizes that fit are the union, over the divisors d of K / C, of {f = d} × {g = K / (C·d)}. A normalisation over
positions takes any number of them but one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product as combinations
from math import prod

from cnnspec.compiler.layer_function import Coupling, Open
from cnnspec.core.size_function import HORIZON, LONGEST, SizeFunction, meeting, size_function

Run = tuple[int, int | None]
"""From one size to another; None: to all larger ones."""
Box = dict[str, Run]
"""A run for each symbol."""


def accepted_sizes(functions: Iterable[Open], products: frozenset[int] | None) -> SizeFunction:
    """The sizes of one symbol for which the product is one of these; None: is not 1."""
    found = _products([size.function for size in functions], max(products or (1,)))
    values, period = found or (_product([size.function for size in functions], HORIZON), 0)
    accepted = [
        0 if value and (value != 1 if products is None else value in products) else None for value in values
    ]
    return size_function(accepted, period, 0)


def _product(functions: list[SizeFunction], last: int) -> list[int]:
    """The functions' product for n up to `last`, 0 where one is not valid."""
    columns = zip(*(function.values(last) for function in functions), strict=False)
    return [0 if None in column else prod(size or 0 for size in column) for column in columns]


def boxes(coupling: Coupling, valid: Mapping[str, SizeFunction]) -> list[Box] | None:
    """The sizes that fit, as boxes without the sizes that are not valid anyway; None where that can't be told."""
    symbols = list(dict.fromkeys(size.symbol for size in coupling.functions))
    limit = max(coupling.products or (1,))
    runs: dict[str, dict[int, list[Run]]] = {}
    for symbol in symbols:
        found = _products([size.function for size in coupling.functions if size.symbol == symbol], limit)
        if found is None or not valid[symbol].proven:
            return None
        runs[symbol] = _runs(found[0], valid[symbol], limit)
    if coupling.products is None:
        return [
            box
            for symbol in symbols
            for box in _other_than(runs[symbol].get(1, []), symbol, symbols)
            if _holds_any(box[symbol], valid[symbol])
        ]
    return [
        dict(zip(symbols, chosen, strict=True))
        for values in combinations(*(sorted(runs[symbol]) for symbol in symbols))
        if prod(values) in coupling.products
        for chosen in combinations(*(runs[s][v] for s, v in zip(symbols, values, strict=True)))
    ]


def _other_than(runs: list[Run], symbol: str, symbols: list[str]) -> Iterable[Box]:
    """Boxes in which one symbol is outside of these runs, and the others are whatever they like."""
    first = 1
    for low, high in runs:
        if low > first:
            yield {other: (first, low - 1) if other == symbol else (1, None) for other in symbols}
        first = (high or 0) + 1
    yield {other: (first, None) if other == symbol else (1, None) for other in symbols}


def _holds_any(run: Run, valid: SizeFunction) -> bool:
    low, high = run
    return high is None or any(valid.at(n) is not None for n in range(low, high + 1))


def _products(functions: list[SizeFunction], limit: int) -> tuple[list[int], int] | None:
    """The functions' product for n = 1, 2, …, 0 where one is not valid, and a period.

    After the last one it is beyond `limit`, or repeats with the period; None where that would take too long.
    """
    met = meeting(functions)
    if not met.period:
        return None
    last = met.last
    while last <= LONGEST:
        values = _product(functions, last)
        window = values[-met.period :]
        if not any(met.growths) or all(value == 0 or value > limit for value in window):
            return values, met.period
        last = max(last * 2, last + met.period)
    return None


def _runs(values: list[int], valid: SizeFunction, limit: int) -> dict[int, list[Run]]:
    """For each value up to the limit, the runs of n that have it; what is not valid neither has it nor ends a run."""
    found: dict[int, list[Run]] = {}
    before = 0
    for n, (value, allowed) in enumerate(zip(values, valid.values(len(values)), strict=True), start=1):
        if allowed is None or not value:
            continue
        if value <= limit:
            listed = found.setdefault(value, [])
            if value == before:
                listed[-1] = (listed[-1][0], n)
            else:
                listed.append((n, n))
        before = value
    return found
