"""Suggestions for a misspelt word: the most similar of the words that are known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_SYNONYMS = {
    "he_normal": "kaiming_normal",
    "he_uniform": "kaiming_uniform",
    "glorot_normal": "xavier_normal",
    "glorot_uniform": "xavier_uniform",
    "variables": "vars",
    "truncated_normal": "trunc_normal",
    "learning_rate": "lr",
}
"""Words of other libraries that look nothing like ours."""
_WITH_ARGUMENTS = {
    "lecun_normal": ("kaiming_normal", "{kaiming_normal: {nonlinearity: linear}}"),
    "lecun_uniform": ("kaiming_uniform", "{kaiming_uniform: {nonlinearity: linear}}"),
}
"""Foreign names of one of our names with arguments: word → (our name, how it is written)."""
_CLOSEST = 3
"""The number of difflib's best matches that are looked at."""
_MOST_COMPARED = 100
"""Of more candidates, only those with the same first letter and a similar length are compared."""
_MOST_CANDIDATES = 1_000
"""Further candidates are ignored, so that a suggestion takes little time."""
_LETTERS_A_TYPO = 4
"""One typo is allowed for so many letters."""
_SHORTEST_PREFIX = 3
"""A word of at least this many letters resembles all words that begin with it."""


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """The candidate most similar to `word`; None where none reaches `likeness`, difflib's ratio from 0 to 1."""
    return next(iter(similar(word, candidates, likeness)), None)


def similar(word: str, candidates: Iterable[str], likeness: float = 0.6) -> list[str]:
    """The candidates that are similar to `word`, the most similar first."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake pays for it

    plain = {
        candidate.lower().replace("-", "_"): candidate for candidate in islice(candidates, _MOST_CANDIDATES)
    }
    sought = word[:64].lower().replace("-", "_")
    if sought in _SYNONYMS and (same := _SYNONYMS[sought]) in plain:
        return [plain[same]]
    if len(plain) > _MOST_COMPARED:
        plain = dict(
            islice(filter(lambda entry: _may_be_similar(sought, entry[0]), plain.items()), _MOST_COMPARED)
        )
    close = get_close_matches(sought, plain, n=_CLOSEST, cutoff=likeness)
    return [plain[found] for found in close if _is_similar(sought, found)]


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`Did you mean conv?`; empty where nothing is similar."""
    candidates = list(candidates)
    ours, written = _WITH_ARGUMENTS.get(word.lower(), ("", ""))
    if ours in candidates:
        return f"Write {written}."
    found = nearest(word, candidates)
    return f"Did you mean {found}?" if found else ""


def _may_be_similar(one: str, other: str) -> bool:
    """A cheap test before letters are compared: the same first letter, and a similar length."""
    return one[:1] == other[:1] and abs(len(one) - len(other)) <= max(1, len(one) // _LETTERS_A_TYPO)


def _is_similar(one: str, other: str) -> bool:
    """Whether one is the other with few typos, or its beginning."""
    one, other = one.replace("_", ""), other.replace("_", "")
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST_PREFIX and long.startswith(short):
        return True
    return _typos(one, other) <= max(1, len(long) // _LETTERS_A_TYPO)


def _typos(one: str, other: str) -> int:
    """The Damerau-Levenshtein distance: letters added, left out, changed, or swapped with the next."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            steps = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted))
            if before and column > 1 and one[row - 2] == wanted and letter == other[column - 2]:
                steps = min(steps, before[column - 2] + 1)
            line.append(steps)
        before, above = above, line
    return above[-1]
