"""What stands in parentheses and was split: within braces and brackets YAML ends a text at each comma."""

from __future__ import annotations

from cnnspec.reader.node import Mapping, Scalar

_BEFORE = "{[,"
_BEHIND = ",]}"
_DEPTH = {"(": 1, ")": -1}


def whole(node: Scalar) -> str:
    """The text of which a scalar is a piece, from its line; empty where nothing was split."""
    place = node.place
    line = place.source.line(place.line)
    begin, end = place.column - 1, place.end_column - 1
    if place.line != place.end_line or line[begin:end] != node.text:
        return ""
    surplus, opened = _unmatched(node.text)
    if opened and line[end:].lstrip().startswith(","):
        return _forward(line, begin, end, opened)
    if surplus and line[:begin].rstrip().endswith(","):
        return _backward(line, begin, end, surplus)
    return ""


def torn_off(field: str, node: Mapping) -> bool:
    """Whether a key is the rest of a call that YAML split at a comma: the call's own error says so."""
    if field.count("(") >= field.count(")"):
        return False
    texts = (value.text for _, value in node if isinstance(value, Scalar))
    return any(text.count("(") > text.count(")") for text in texts)


def in_quotes(text: str) -> str:
    """What to write so that YAML takes the text as one."""
    quote = '"' if "'" in text else "'"
    return f"In braces and brackets YAML splits at commas: put it in quotes, `{quote}{text}{quote}`."


def _unmatched(text: str) -> tuple[int, int]:
    """How many parentheses close without having been opened, and how many stay open."""
    surplus = opened = 0
    for character in text:
        opened += _DEPTH.get(character, 0)
        if opened < 0:
            surplus, opened = surplus + 1, 0
    return surplus, opened


def _forward(line: str, begin: int, end: int, depth: int) -> str:
    """Up to the parenthesis that closes before the next key, and the end of what stands behind it."""
    for index in range(end, _found(line.find(":", end), len(line))):
        depth += _DEPTH.get(line[index], 0)
        if not depth:
            behind = (at for at in range(index, len(line)) if line[at] in _BEHIND)
            return line[begin : next(behind, len(line))].strip()
    return ""


def _backward(line: str, begin: int, end: int, depth: int) -> str:
    """From the parenthesis that opens behind the key, and the beginning of what stands before it."""
    key = line.rfind(":", 0, begin)
    for index in range(begin - 1, key, -1):
        depth -= _DEPTH.get(line[index], 0)
        if not depth:
            before = (at for at in range(index, key, -1) if line[at] in _BEFORE)
            return line[next(before, key) + 1 : end].strip()
    return ""


def _found(index: int, otherwise: int) -> int:
    return otherwise if index < 0 else index
