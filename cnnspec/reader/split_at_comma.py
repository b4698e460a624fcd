"""Calls that YAML has split: within braces and brackets it ends an unquoted text at each comma.

`{out_channels: max($a, 8)}` is read as the key `out_channels` with the text `max($a`, and the key `8)`.
"""

from __future__ import annotations

from cnnspec.reader.node import Mapping, Scalar

_BEFORE = "{[,"
_BEHIND = ",]}"
_DEPTH = {"(": 1, ")": -1}


def whole_text(piece: Scalar) -> str:
    """The text as it was meant, `max($a, 8)`, from the line of one of its pieces; empty where none is split."""
    place = piece.place
    line = place.source.line(place.line)
    begin, end = place.column - 1, place.end_column - 1
    if place.line != place.end_line or line[begin:end] != piece.text:
        return ""
    closing, opening = _unmatched(piece.text)
    if opening and line[end:].lstrip().startswith(","):
        return _to_closing(line, begin, end, opening)
    if closing and line[:begin].rstrip().endswith(","):
        return _from_opening(line, begin, end, closing)
    return ""


def is_end_of_call(key: str, node: Mapping) -> bool:
    """Whether the key is the second half of a call that YAML split; the error is reported at the first half."""
    if key.count("(") >= key.count(")"):
        return False
    texts = (value.text for _, value in node if isinstance(value, Scalar))
    return any(text.count("(") > text.count(")") for text in texts)


def quotes_hint(text: str) -> str:
    """The hint to put a text in quotes, so that YAML does not split it."""
    quote = '"' if "'" in text else "'"
    return f"In braces and brackets YAML splits at commas: put it in quotes, `{quote}{text}{quote}`."


def _unmatched(text: str) -> tuple[int, int]:
    """The number of closing parentheses without an opening one, and of opening ones without a closing one."""
    closing = opening = 0
    for character in text:
        opening += _DEPTH.get(character, 0)
        if opening < 0:
            closing, opening = closing + 1, 0
    return closing, opening


def _to_closing(line: str, begin: int, end: int, depth: int) -> str:
    """From `begin` to the comma or bracket behind the closing parenthesis, which must come before the next key."""
    colon = line.find(":", end)
    for index in range(end, len(line) if colon < 0 else colon):
        depth += _DEPTH.get(line[index], 0)
        if not depth:
            behind = (at for at in range(index, len(line)) if line[at] in _BEHIND)
            return line[begin : next(behind, len(line))].strip()
    return ""


def _from_opening(line: str, begin: int, end: int, depth: int) -> str:
    """From the comma or bracket before the opening parenthesis, which must come after the key, to `end`."""
    colon = line.rfind(":", 0, begin)
    for index in range(begin - 1, colon, -1):
        depth -= _DEPTH.get(line[index], 0)
        if not depth:
            before = (at for at in range(index, colon, -1) if line[at] in _BEFORE)
            return line[next(before, colon) + 1 : end].strip()
    return ""
