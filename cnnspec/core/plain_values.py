"""Plain values: what YAML holds and expressions compute; and how messages quote them, never long."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

Primitive = None | bool | int | float | str
Plain = Primitive | list["Plain"] | dict[str, "Plain"]

_MOST = 60
_MOST_OF_A_TEXT = 40
_MOST_BITS = 128
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CONSTANTS = frozenset({"null", "true", "false"})


def yaml_text(value: object) -> str:
    """A value as YAML writes it, cut after 60 characters; a text is in quotes only where it needs them."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _MOST:
            return f"{text[: _MOST - 1]}…"
    return text


def quote(value: object) -> str:
    """A value as a message quotes it: as `yaml_text`, but a text is always in quotes."""
    return _in_quotes(value) if isinstance(value, str) else yaml_text(value)


def shorten(text: str) -> str:
    """A text on one line, cut after 40 characters."""
    # Cut first: the same long text can be quoted many times.
    line = " ".join(text[: 2 * _MOST_OF_A_TEXT].split())
    if len(line) <= _MOST_OF_A_TEXT and len(text) <= 2 * _MOST_OF_A_TEXT:
        return line
    return f"{line[: _MOST_OF_A_TEXT - 1]}…"


def _pieces(value: object) -> Iterator[str]:
    """The text of a value, piece by piece: of a huge one only the beginning is ever made."""
    if isinstance(value, list | tuple):
        yield "["
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from _pieces(item)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key}: "
            yield from _pieces(item)
        yield "}"
    else:
        yield _of_primitive(value)


def _of_primitive(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        plain = _WORD.fullmatch(value) and value.lower() not in _CONSTANTS
        return value if plain else _in_quotes(value)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:  # str() refuses thousands of digits
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
    return str(value)


def _in_quotes(text: str) -> str:
    if len(text) > _MOST - 2:
        text = f"{text[: _MOST - 3]}…"
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    import json  # noqa: PLC0415 -- few texts need it

    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
