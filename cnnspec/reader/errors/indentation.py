"""Hints about indentation, from the lines themselves: what to write, and in which column."""

from __future__ import annotations

import re

from cnnspec.core.diagnostic import LINE_BREAK, Place, Source
from cnnspec.core.plain_values import shorten

_KEY = re.compile(r"( *)([^\s:#\-\[{\"'][^:#]*):(?:[ \t]+([^#\s].*))?")
_ITEM = re.compile(r"( *)((?:- +)+)(\S.*)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_SPECIAL = frozenset(",[]{}")
_MOST = 8


def end_of(source: Source) -> Place:
    """The place behind the last character of the text that is no blank."""
    lines = LINE_BREAK.split(source.text.rstrip())
    line, column = len(lines), len(lines[-1]) + 1
    return Place(source, line, column, line, column)


def key_of(line: str) -> str:
    """The key at the start of a line; empty where there is none."""
    found = _KEY.match(_COMMENT.sub("", line).rstrip())
    return found[2] if found else ""


def start_of(source: Source, number: int) -> Place:
    """The place of the key at the start of a line, or else of all its text."""
    line = source.line(number)
    text = line.strip()
    column = len(line) - len(line.lstrip()) + 1
    return Place(source, number, column, number, column + len(key_of(line) or text))


def _line_above(source: Source, number: int) -> int:
    """The nearest line above that is neither blank nor a comment; 0 for none."""
    number -= 1
    while number and not _COMMENT.sub("", source.line(number)).strip():
        number -= 1
    return number


def beneath_item(source: Source, number: int) -> str:
    """The hint where the line is a key indented beneath `- bn` or `- conv: 3`; empty elsewhere."""
    above = _line_above(source, number)
    item = _ITEM.fullmatch(_COMMENT.sub("", source.line(above)).rstrip()) if above else None
    keys = _keys(source, number)
    if not item or not keys or item[3].endswith((":", ",")) or keys[0].start(2) <= len(item[1]):
        return ""
    content = item[3][1:-1] if item[3].startswith("{") else entry(item[3])
    inside = ", ".join([content, *(entry(key[0].strip()) for key in keys)])
    if not _balanced(inside):
        return ""
    other = f", or begin `{shorten(keys[0][2])}` in column {item.start(3) + 1}" if key_of(item[3]) else ""
    return f"Write `- {{{inside}}}`{other}."


def _keys(source: Source, number: int) -> list[re.Match[str]]:
    """The `key: value` lines from this one on with the same indentation."""
    found: list[re.Match[str]] = []
    while len(found) < _MOST:
        key = _KEY.fullmatch(_COMMENT.sub("", source.line(number)).rstrip())
        if not key or (found and key[1] != found[0][1]):
            break
        found.append(key)
        number += 1
    return found


def entry(text: str) -> str:
    """A `key: value` line as it is written between braces."""
    key, colon, value = text.partition(": ")
    value = value.strip()
    if not colon:
        return f"{text} …" if text.endswith(":") else text
    if _SPECIAL.intersection(value) and value[0] not in "[{\"'":
        value = f"'{value}'" if "'" not in value else f'"{value}"'
    return f"{key}: {value}"


def in_braces(line: str) -> str:
    """The hint for `a: b: c`."""
    key, _, value = _COMMENT.sub("", line).strip().partition(": ")
    if not value or value.endswith(":"):
        return "Put the value in quotes, or begin a new line."
    return f"Put the value in quotes, or write a mapping in braces: `{shorten(key)}: {{{shorten(value)}}}`."


def wrong_level(source: Source, number: int, around: Place) -> tuple[str, str]:
    """Message and hint for a line at no open level of indentation; `around` is where its collection begins."""
    line, above = source.line(number), _line_above(source, number)
    column = start_of(source, number).column
    words = _COMMENT.sub("", source.line(above)).rstrip()
    complete = _balanced(words)
    key = _KEY.fullmatch(words) if complete else None
    if key and key[3] and column > key.start(2) + 1:
        message = f"`{shorten(line)}` is indented beneath `{shorten(key[0])}`, which has a value already"
        return message, f"Begin it in column {key.start(2) + 1}, as the line above."
    item = line.strip() == "-" or line.lstrip().startswith("- ")
    starts = [start_of(source, above), around] if complete else [around]
    found = ((_level_of(start, item=item), start.line) for start in starts)
    levels = {level: begun for level, begun in found if level and level != column}
    if not levels and key_of(line):
        levels = _outer_level(source, around.line, column)
    ways = ", or ".join(f"in column {level}, as line {begun}" for level, begun in levels.items())
    return _no_such_level(column, ways, item=item)


def _no_such_level(column: int, ways: str, *, item: bool) -> tuple[str, str]:
    """Message and hint; `ways` names the columns that are levels, and may be empty."""
    if item:
        message = f"No list is open in column {column}, where this item begins"
        ways = ways and f"{ways}, to write a further item"
        otherwise = "Write the key of its list above it, as in `layers:`."
    else:
        message = f"Column {column} is no level of indentation that is open here"
        otherwise = "Remove it, or put it in quotes where a text belongs."
    return message, f"Begin the line {ways}." if ways else otherwise


def _outer_level(source: Source, number: int, column: int) -> dict[int, int]:
    """Column and line of the nearest key above that is further left; empty for none."""
    while number := _line_above(source, number):
        place = start_of(source, number)
        if place.column < column and key_of(source.line(number)):
            return {place.column: number}
    return {}


def _level_of(place: Place, *, item: bool) -> int:
    """The column of the dash, or of the key, of what is at `place`; 0 for none."""
    line = place.source.line(place.line)
    found = _ITEM.match(line)
    if item:
        dash = line.rfind("-", 0, place.column) if found and place.column <= found.start(3) + 1 else -1
        return dash + 1
    if found:
        return found.start(3) + 1 if key_of(found[3]) else 0
    return place.column if key_of(line) else 0


def _balanced(text: str) -> bool:
    return text.count("{") == text.count("}") and text.count("[") == text.count("]")
