"""Single damages to the specs that ship: what people mistype, each at one line.

misspelling     a word with a letter left out, doubled, or swapped with the next
type            a whole number in quotes, in brackets, or with a point
syntax          a bracket, a comma, a colon, or the space behind a dash or a colon left out
assertion       a size that is inferred, written and wrong; another number in `expect`
groups          7 groups, which most channels don't split into
name            the name of a value or a variable that is none
missing         an argument left out
number          another number
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cnnspec.library.specs import shipped_specs

SPECS = {name: path.read_text("utf-8").split("\n") for name, path in shipped_specs().items()}
WORD = re.compile(r"(?<![\w$.'\"-])[A-Za-z_][A-Za-z_0-9]{3,}(?=\s*[:,\]}]|$)")


class Damage(NamedTuple):
    """A spec with one line that was right."""

    kind: str
    spec: str
    line: int
    text: str


def damages(count: int, seed: int) -> Iterator[Damage]:
    """So many, the same for the same seed; some leave a right spec."""
    draw = random.Random(seed)
    kinds, names = list(KINDS), sorted(SPECS)
    while count:
        kind, name = draw.choice(kinds), draw.choice(names)
        lines = SPECS[name]
        number = draw.randrange(len(lines))
        line = lines[number]
        if re.match(r"\s*(description|name|cnnspec):|\s*#|\s*$", line):
            continue
        changed = KINDS[kind](line, line.partition(" #")[0], draw)
        if changed is not None and changed != line:
            count -= 1
            text = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
            yield Damage(kind, name, number + 1, text)


def _replaced(line: str, found: re.Match[str] | None, text: str) -> str | None:
    return None if found is None else line[: found.start()] + text + line[found.end() :]


def _one(pattern: str | re.Pattern[str], code: str, draw: random.Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, code))
    return draw.choice(found) if found else None


def _misspelling(line: str, code: str, draw: random.Random) -> str | None:
    found = _one(WORD, code, draw)
    return None if found is None else _replaced(line, found, _mistyped(found[0], draw))


def _mistyped(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    forms = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return draw.choice(forms)


def _type(line: str, code: str, draw: random.Random) -> str | None:
    found = _one(r"(?<=[:] )\d+(?=\s*[,\]}]|\s*$)", code, draw)
    return None if found is None else _replaced(line, found, draw.choice(['"%s"', "[%s]", "%s.0"]) % found[0])


def _syntax(line: str, code: str, draw: random.Random) -> str | None:
    pattern = r"[\[\]{}]|(?<=\w):(?= )|(?<=-) (?=\w)|(?<=:) (?=[\w$\[{])|,"
    return _replaced(line, _one(pattern, code, draw), "")


def _assertion(line: str, code: str, draw: random.Random) -> str | None:
    if found := re.search(r"(?<=expect: \[)\d+", code):
        return _replaced(line, found, str(int(found[0]) + 1))
    fields = {"conv": "in_channels", "linear": "in_features", "bn": "num_features"}
    if found := re.search(r"(?<=[- {\[])(conv|linear|bn): \{(?=[a-z_]+: [^{])", code):
        return _replaced(line, found, f"{found[0]}{fields[found[1]]}: 7, ")
    found = _one(r"(?<=[\[ ])bn(?=[,\]])", code, draw)
    return _replaced(line, found, "bn: {num_features: 7}")


def _groups(line: str, code: str, draw: random.Random) -> str | None:
    found = _one(r"(?<![\w])conv: \{(?!kaiming|xavier|normal|trunc|weight)", code, draw)
    return None if found is None or "groups" in code else _replaced(line, found, f"{found[0]}groups: 7, ")


def _name(line: str, code: str, draw: random.Random) -> str | None:
    return _replaced(line, _one(r"(?<=from: )\w+|(?<=\$)[a-z_]{2,}", code, draw), "qqqq")


def _missing(line: str, code: str, draw: random.Random) -> str | None:
    pattern = r"(?:out_channels|kernel_size|out_features): [^,{}\[\]]+(?:, )?"
    return _replaced(line, _one(pattern, code, draw), "")


def _number(line: str, code: str, draw: random.Random) -> str | None:
    found = _one(r"(?<![\w.$])\d+(?![\w.])", code, draw)
    if found is None:
        return None
    number = int(found[0])
    return _replaced(line, found, str(draw.choice([number + 1, number * 3, max(0, number - 1), number + 7])))


KINDS: dict[str, Callable[[str, str, random.Random], str | None]] = {
    "misspelling": _misspelling,
    "type": _type,
    "syntax": _syntax,
    "assertion": _assertion,
    "groups": _groups,
    "name": _name,
    "missing": _missing,
    "number": _number,
}
