"""For which sizes a network is valid, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnspec.compiler.valid_sizes import Constraint, Coupled, ValidSizes
from cnnspec.core.diagnostic_text import indented

_MOST_BOXES = 6
_MOST_NUMBERS = 8
_MOST_REASONS = 4


def answer_data(answer: ValidSizes) -> dict[str, Any]:
    """The answer for JSON: n is valid iff it is in `also`, or at least `at_least` and n mod `period` in `residues`."""
    return {
        "symbols": list(answer.symbols),
        "constraints": [_constraint_data(constraint) for constraint in answer.constraints],
        "coupled": [_coupled_data(coupled) for coupled in answer.coupled],
        "exact": answer.exact,
        "proved_to": answer.proved_to,
    }


def _constraint_data(constraint: Constraint) -> dict[str, Any]:
    return {
        "symbols": [constraint.symbol],
        "at_least": constraint.at_least,
        "period": constraint.period,
        "residues": list(constraint.residues),
        "also": list(constraint.also),
        "because": [{"line": place.line, "message": message} for place, message in constraint.because],
    }


def _coupled_data(coupled: Coupled) -> dict[str, Any]:
    boxes = [{symbol: list(run) for symbol, run in box.items()} for box in coupled.any_of]
    return {"symbols": list(coupled.symbols), "any_of": boxes, "message": coupled.message}


def answer_text(answer: ValidSizes) -> str:
    """The answer in sentences, each with what demands it."""
    if not answer.symbols:
        return "The input has no sizes that could be others."
    blocks = [block for group in _groups(answer.constraints) for block in _group(group)]
    for coupled in answer.coupled:
        blocks += [
            f"{_listed(coupled.symbols)} together: {_boxes(coupled)}",
            *_reasons([(coupled.place.line, coupled.message)]),
        ]
    if not answer.exact:
        blocks.append(_not_proved(answer.proved_to or 0))
    return "\n".join(blocks)


def _not_proved(last: int) -> str:
    if last:
        return f"This was tried for sizes up to {last:,}; for larger ones it is not proved."
    return "Sizes that this allows may still be refused together: not all of this network can be followed."


def _groups(constraints: Iterable[Constraint]) -> list[list[Constraint]]:
    """Those that say the same of several symbols together."""
    groups: dict[tuple[object, ...], list[Constraint]] = {}
    for constraint in constraints:
        groups.setdefault(constraint[1:5], []).append(constraint)
    return list(groups.values())


def _group(group: Sequence[Constraint]) -> Iterator[str]:
    first, names = group[0], _listed([constraint.symbol for constraint in group])
    yield _sentence(first, names)
    yield from _reasons([(place.line, message) for place, message in first.because])


def _sentence(constraint: Constraint, names: str) -> str:
    if constraint.free:
        return f"any {names}"
    parts = []
    if constraint.residues:
        least = next(
            n
            for n in range(constraint.at_least, constraint.at_least + constraint.period)
            if constraint.allows(n)
        )
        if constraint.period == 1 or least > constraint.period:
            parts.append(f"{names} ≥ {constraint.at_least}")
        if constraint.period > 1:
            parts.append(f"{names} {_rests(constraint)}")
    if constraint.also:
        parts.append(f"{'also ' if parts else f'{names} '}{_runs(constraint.also)}")
    return "; ".join(parts) or f"no {names} is valid"


def _rests(constraint: Constraint) -> str:
    period, residues = constraint.period, constraint.residues
    if residues == (0,):
        return "even" if period == 2 else f"multiples of {period}"  # noqa: PLR2004 -- what even means
    if residues == (1,) and period == 2:  # noqa: PLR2004 -- what odd means
        return "odd"
    missing = sorted(set(range(period)) - set(residues))
    if len(missing) < len(residues):
        return f"not {_or(missing)} mod {period}"
    return f"{_or(residues)} mod {period}"


def _or(numbers: Sequence[int]) -> str:
    shown = [str(number) for number in numbers[:_MOST_NUMBERS]]
    more = ["…"] if len(numbers) > _MOST_NUMBERS else []
    return (
        " or ".join([", ".join([*shown, *more][:-1]), [*shown, *more][-1]]) if len(numbers) > 1 else shown[0]
    )


def _runs(numbers: Sequence[int]) -> str:
    """Numbers as runs: `28..31, 40`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [_run(low, high) for low, high in runs]
    return ", ".join([*texts[:_MOST_NUMBERS], *(["…"] if len(texts) > _MOST_NUMBERS else [])])


def _run(low: int, high: int | None) -> str:
    if high is None:
        return f"≥ {low}"
    return str(low) if low == high else f"{low}..{high}"


def _boxes(coupled: Coupled) -> str:
    if not coupled.any_of:
        return "none is valid"
    texts = [" with ".join(f"{s} {_run(*run)}" for s, run in box.items()) for box in coupled.any_of]
    more = [f"or {len(texts) - _MOST_BOXES} more"] if len(texts) > _MOST_BOXES else []
    return "; ".join([*texts[:_MOST_BOXES], *more])


def _reasons(reasons: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Where it is demanded, and what it says of a size that it refuses."""
    for line, message in reasons[:_MOST_REASONS]:
        yield indented(f"line {line}: {message}")
    if len(reasons) > _MOST_REASONS:
        lines = sorted({line for line, _ in reasons[_MOST_REASONS:]})
        yield indented(
            f"and {len(reasons) - _MOST_REASONS} more like these (line {', '.join(map(str, lines))})"
        )


def given_text(given: Mapping[str, int], answer: ValidSizes) -> str:
    """Whether the size that the spec has is valid, and which ones near it are."""
    size = _size(given)
    if answer.allows(given):
        return f"{size} is valid."
    near = [_size(sizes) for sizes in answer.near(given)]
    return f"{size} is not valid" + (f"; the nearest are {' and '.join(near)}." if near else ".")


def _size(sizes: Mapping[str, int]) -> str:
    return "×".join(map(str, sizes.values()))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
