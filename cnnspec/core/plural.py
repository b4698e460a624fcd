"""Counts in words."""

from collections.abc import Iterable


def plural(number: int, word: str) -> str:
    """`1 error`, `2 epochs`, `1,000 batches`."""
    ending = "es" if word.endswith(("s", "tch")) else "s"
    return f"{number:,} {word}{'' if number == 1 else ending}"


def times(sizes: Iterable[int | str]) -> str:
    """`3×224×224`."""
    return "×".join(map(str, sizes))
