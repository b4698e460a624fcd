"""For which input sizes a network is valid, and why not for others: the answer of `cnnspec sizes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import product as combinations
from math import prod
from typing import NamedTuple

from cnnspec.compiler.coupled_sizes import Box, boxes
from cnnspec.compiler.layer_function import AxisSize, Open, Product, Sizes
from cnnspec.compiler.plan import Plan, Value
from cnnspec.compiler.size_inference import Refusal, SizeInference
from cnnspec.core.closed_form import closed_form, in_product
from cnnspec.core.diagnostic import Diagnostic, Place
from cnnspec.core.size_function import HORIZON, IDENTITY, SizeFunction

_USUAL = 224
_LETTERS = ("", "L", "HW", "DHW")
_FARTHEST = 4096
"""How far a valid size near another one is looked for."""


class Because(NamedTuple):
    """What refuses sizes, and what it says of one."""

    place: Place
    message: str


class Constraint(NamedTuple):
    """The valid sizes of one symbol: those in `also`, and from `at_least` on those whose rest by `period` is in `residues`."""

    symbol: str
    at_least: int
    period: int
    residues: tuple[int, ...]
    also: tuple[int, ...]
    because: tuple[Because, ...]

    @property
    def free(self) -> bool:
        """Whether every size is valid."""
        return (self.at_least, self.period, self.residues) == (1, 1, (0,))

    def allows(self, size: int) -> bool:
        """Whether a size is valid."""
        return size in self.also or (size >= self.at_least and size % self.period in self.residues)

    def near(self, size: int) -> list[int]:
        """The valid sizes next to one: below, itself, above."""
        below = next((n for n in range(size - 1, max(size - _FARTHEST, 0), -1) if self.allows(n)), None)
        above = next((n for n in range(size + 1, size + _FARTHEST) if self.allows(n)), None)
        return [n for n in (below, size if self.allows(size) else None, above) if n is not None]


class OpenAxes:
    """The axes of a network of fixed sizes, with the names that they are called by when they are left open.

    L for signals, H and W for images, D, H and W for volumes; inputs that have the same sizes share them.
    """

    def __init__(self, plan: Plan) -> None:
        self.given: dict[str, int] = {}
        """The size of each."""
        self.inputs: dict[str, tuple[int | str, ...]] = {}
        """The sizes of every input, symbols where they are open."""
        for name, value in plan.inputs.items():
            if value.shape is not None and value.shape.known:
                first, *spatial = (size or 0 for size in value.shape.sizes)
                letters = _LETTERS[len(spatial)]
                self.inputs[name] = (first, *map(partial(self._symbol, name), letters, spatial))
        if len(self.inputs) < len(plan.inputs):
            self.given.clear()

    def _symbol(self, name: str, letter: str, size: int) -> str:
        symbol = letter if self.given.get(letter, size) == size else f"{letter}_{name}".replace("-", "_")
        self.given[symbol] = size
        return symbol

    @property
    def setting(self) -> str:
        """A `--set` that leaves them open; empty where there are none."""
        if not self.given:
            return ""
        return input_setting(self.inputs)


def input_setting(inputs: Mapping[str, Sequence[int | str]]) -> str:
    """What stands behind `--set` to give the inputs these sizes."""
    texts = {name: f"[{', '.join(map(str, sizes))}]" for name, sizes in inputs.items()}
    if list(texts) == ["input"]:
        return f"input={texts['input']}"
    return f"input={{{', '.join(f'{name}: {text}' for name, text in texts.items())}}}"


def open_sizes_error(sizes: ValidSizes, place: Place, wanted: tuple[int, ...] | None) -> Diagnostic:
    """What is said where a network with open sizes is to be built."""
    names = " and ".join(sizes.symbols)
    message = f"the input leaves {names} open: a network is built and trained for sizes that are numbers"
    return Diagnostic("bad-input", message, place, f"Say --set '{sizes.example(wanted)}'.")


class Coupled(NamedTuple):
    """Sizes that are valid together: those in any of the boxes."""

    symbols: tuple[str, ...]
    any_of: tuple[Box, ...]
    place: Place
    message: str

    def allows(self, sizes: Mapping[str, int]) -> bool:
        """Whether one of the boxes holds these sizes."""
        return any(
            all(low <= sizes[s] and (high is None or sizes[s] <= high) for s, (low, high) in box.items())
            for box in self.any_of
        )


class ValidSizes:
    """The answer for a plan."""

    def __init__(
        self, plan: Plan, inputs: Mapping[str, tuple[int | str, ...]], *, weights_stay: bool
    ) -> None:
        """`inputs` has the sizes of every input: numbers, and symbols where it is open."""
        functions: dict[str, Sizes] = {
            name: tuple(size if isinstance(size, int) else Open(size, IDENTITY) for size in sizes)
            for name, sizes in inputs.items()
        }
        inference = SizeInference(plan, functions, weights_stay=weights_stay)
        self._inference = inference
        self.inputs = inputs
        self.symbols = tuple(inference.valid)
        self.coupled = tuple(self._coupled())
        self.exact = inference.exact and all(valid.proven for valid in inference.valid.values())

    @cached_property
    def constraints(self) -> tuple[Constraint, ...]:
        """The valid sizes of each symbol, whatever the others are."""
        return tuple(self._constraint(symbol) for symbol in self.symbols)

    @property
    def proved_to(self) -> int | None:
        """The size up to which the answer was tried out, where it is not proved for all; None where it is."""
        if self.exact:
            return None
        if not self._inference.exact:
            return 0
        tables = [len(valid.table) for valid in self._inference.valid.values() if not valid.proven]
        return min(tables, default=HORIZON)

    def _constraint(self, symbol: str) -> Constraint:
        valid = self._inference.valid[symbol]
        start, period = (valid.start, valid.period) if valid.proven else _guess(valid)
        cycle = [n for n in range(start, start + period) if valid.at(n) is not None]
        also = tuple(n for n in range(1, start) if valid.at(n) is not None)
        residues = tuple(sorted(n % period for n in cycle))
        refusals = [refusal for refusal in self._inference.refusals if refusal.symbol == symbol]
        return Constraint(symbol, start, period, residues, also, tuple(_because(refusals, start, period)))

    def _coupled(self) -> Iterator[Coupled]:
        for coupling, place in self._inference.couplings:
            found = boxes(coupling, self._inference.valid)
            if found is None:
                self._inference.exact = False
            elif not any(all(run == (1, None) for run in box.values()) for box in found):
                symbols = tuple(dict.fromkeys(size.symbol for size in coupling.functions))
                yield Coupled(symbols, tuple(found), place, coupling.message)

    def allows(self, sizes: Mapping[str, int]) -> bool:
        """Whether the network is valid for these sizes of its symbols."""
        alone = all(constraint.allows(sizes[constraint.symbol]) for constraint in self.constraints)
        return alone and all(coupled.allows(sizes) for coupled in self.coupled)

    def sizes_at(self, value: Value, sizes: Mapping[str, int]) -> tuple[int | None, ...]:
        """The sizes of a value for these sizes of the symbols; None where they are not known."""
        return tuple(_number(size, sizes) for size in self._inference.sizes.get(value, ()))

    @property
    def refused(self) -> Because | None:
        """Why no size at all is valid; None where some are."""
        for symbol in self.symbols:
            if self._inference.valid[symbol].empty:
                return self._constraint(symbol).because[-1]
        for coupled in self.coupled:
            if not coupled.any_of:
                return Because(coupled.place, coupled.message)
        return None

    def near(self, sizes: Mapping[str, int]) -> list[dict[str, int]]:
        """Valid sizes near others that are not: the nearest first, at most two."""
        candidates = {c.symbol: c.near(sizes[c.symbol]) for c in self.constraints}
        for coupled in self.coupled:
            for box in coupled.any_of:
                for symbol, (low, high) in box.items():
                    inside = max(low, min(sizes[symbol], sizes[symbol] if high is None else high))
                    candidates[symbol] += self._constraint_of(symbol).near(inside)
        found = [
            dict(zip(candidates, chosen, strict=True))
            for chosen in combinations(*(sorted(set(listed)) for listed in candidates.values()))
        ]
        valid = [one for one in found if self.allows(one)]
        return sorted(valid, key=lambda one: sum(abs(one[s] - sizes[s]) for s in one))[:2]

    def example(self, wanted: tuple[int, ...] | None) -> str:
        """A `--set` that fills in valid sizes: those wanted, where they are, else some near 224."""
        sizes = dict.fromkeys(self.symbols, _USUAL)
        for written in self.inputs.values():
            sizes |= {s: n for s, n in zip(written, wanted or (), strict=False) if isinstance(s, str)}
        if not self.allows(sizes):
            sizes = next(iter(self.near(sizes)), sizes)
        return input_setting(
            {name: [sizes.get(str(s), s) for s in written] for name, written in self.inputs.items()}
        )

    def _constraint_of(self, symbol: str) -> Constraint:
        return next(constraint for constraint in self.constraints if constraint.symbol == symbol)

    def texts(self, value: Value) -> tuple[int | str | None, ...]:
        """The sizes of a value: numbers, and closed forms of what depends on the input's."""
        return tuple(self._text(size) for size in self._inference.sizes.get(value, ()))

    def _text(self, size: object) -> int | str | None:
        if isinstance(size, Open):
            return closed_form(size.function, self._inference.valid[size.symbol], size.symbol)
        if isinstance(size, Product):
            factors = [self._text(function) for function in size.functions]
            return "·".join(map(in_product, [*([size.factor] if size.factor != 1 else []), *factors]))
        return size if isinstance(size, int) else None


def _number(size: AxisSize, sizes: Mapping[str, int]) -> int | None:
    if isinstance(size, Open):
        return size.function.at(sizes[size.symbol])
    if isinstance(size, Product):
        factors = [_number(function, sizes) for function in size.functions]
        return None if None in factors else size.factor * prod(factor or 0 for factor in factors)
    return size


def _because(refusals: list[Refusal], start: int, period: int) -> Iterator[Because]:
    """The refusals that make the bound and the period, each with what it says of a size that it refuses there."""
    far = max((len(r.before.table) + len(r.accepted.table) for r in refusals), default=0)
    far += start - far % period
    for refusal in refusals:
        again = {n % period for n in range(far, far + period) if refusal.refuses(n)}
        beyond = (n for n in range(start, far + period) if n % period in again)
        refused = next((n for n in (start - 1, *beyond) if n >= 1 and refusal.refuses(n)), None)
        if refused is not None:
            yield Because(refusal.place, f"{refusal.explain(refused)} ({refusal.symbol} = {refused})")


def _guess(valid: SizeFunction) -> tuple[int, int]:
    """A bound and period that describe a set as far as it is known; the period after it where there are none."""
    last = len(valid.table)
    there = [size is not None for size in valid.table]
    for period in range(1, 65):
        start = last - 2 * period + 1
        while start > 1 and there[start - 2] == there[start - 2 + period]:
            start -= 1
        if start <= last // 2:
            return start, period
    return last + 1, 1
