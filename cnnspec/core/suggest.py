"""Did you mean: the nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """The candidate that most resembles `word`, or None when none comes close: `likeness` of 1 is equal."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake pays for it

    plain = {candidate.lower().replace("-", "_"): candidate for candidate in candidates}
    found = get_close_matches(word[:64].lower().replace("-", "_"), plain, n=1, cutoff=likeness)
    return plain[found[0]] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`Did you mean conv?`, or nothing."""
    found = nearest(word, candidates)
    return f"Did you mean {found}?" if found else ""
