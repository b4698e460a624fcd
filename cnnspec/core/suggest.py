"""Did you mean: the nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_SAME = {
    "he_normal": "kaiming_normal",
    "he_uniform": "kaiming_uniform",
    "glorot_normal": "xavier_normal",
    "glorot_uniform": "xavier_uniform",
    "variables": "vars",
    "truncated_normal": "trunc_normal",
    "learning_rate": "lr",
}
"""What others call a thing, where no likeness leads to our word for it."""
_WRITTEN = {
    "lecun_normal": ("kaiming_normal", "{kaiming_normal: {nonlinearity: linear}}"),
    "lecun_uniform": ("kaiming_uniform", "{kaiming_uniform: {nonlinearity: linear}}"),
}
"""What is ours only with arguments."""
_LOOKED_AT = 3
_MANY = 100
"""So many candidates are compared letter by letter; of more, those that begin alike."""
_SHARE = 4
"""A fourth of a word's letters may be wrong."""
_MOST = 1_000
"""A suggestion looks at no more words than this: it must not take long."""
_FEWEST = 3
"""A word that goes on where another of this many letters ends resembles it."""


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """The candidate that most resembles `word`, or None when none comes close: `likeness` of 1 is equal."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake pays for it

    plain = {candidate.lower().replace("-", "_"): candidate for candidate in islice(candidates, _MOST)}
    sought = word[:64].lower().replace("-", "_")
    if (same := _SAME.get(sought, "")) in plain:
        return plain[same]
    if len(plain) > _MANY:
        plain = dict(islice(filter(lambda entry: _begins_alike(sought, entry[0]), plain.items()), _MANY))
    close = get_close_matches(sought, plain, n=_LOOKED_AT, cutoff=likeness)
    return next((plain[found] for found in close if _alike(sought, found)), None)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`Did you mean conv?`, or nothing."""
    candidates = list(candidates)
    ours, written = _WRITTEN.get(word.lower(), ("", ""))
    if ours in candidates:
        return f"Write {written}."
    found = nearest(word, candidates)
    return f"Did you mean {found}?" if found else ""


def _begins_alike(one: str, other: str) -> bool:
    """What is seen at once of two words that may resemble each other."""
    return one[:1] == other[:1] and abs(len(one) - len(other)) <= max(1, len(one) // _SHARE)


def _alike(one: str, other: str) -> bool:
    """Whether one may be the other misspelt, or its beginning."""
    one, other = one.replace("_", ""), other.replace("_", "")
    short, long = sorted((one, other), key=len)
    if len(short) >= _FEWEST and long.startswith(short):
        return True
    return _mistypings(one, other) <= max(1, len(long) // _SHARE)


def _mistypings(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed or swapped with the next to get from one to the other."""
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
