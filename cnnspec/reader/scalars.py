"""The values of unquoted scalars: YAML 1.2's core schema, and nothing of YAML 1.1.

`on`, `no`, `1:30`, `2024-01-01` and `1_000` are texts; `1e-3` is a number.
"""

from __future__ import annotations

import math
import re

from cnnspec.core.plain_values import Primitive
from cnnspec.core.size import LARGEST

_DIGITS = len(str(LARGEST))
_FIRST = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DECIMAL = 10
_BASES = {"0o": 8, "0x": 16}
_CONSTANTS: dict[str, Primitive] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}


def scalar_value(text: str) -> Primitive:
    """The value of a plain scalar; a number too large to hold (`is_number` tells) stays a text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _FIRST:
        return text
    if len(text) < _DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return _float(text) if _FLOAT.fullmatch(text) else text


def is_number(text: str) -> bool:
    """Whether a plain scalar is written as a number, however large."""
    return bool(text) and text[0] in _FIRST and bool(_INTEGER.fullmatch(text) or _FLOAT.fullmatch(text))


def _integer(text: str) -> int | str:
    base = _BASES.get(text[:2], _DECIMAL)
    digits = (text[2:] if base != _DECIMAL else text.lstrip("+-")).lstrip("0") or "0"
    # Python refuses thousands of digits, and is slow below that.
    if len(digits) > _DIGITS:
        return text
    size = int(digits, base)
    if size >= LARGEST:
        return text
    return -size if text[0] == "-" else size


def _float(text: str) -> float | str:
    value = float(text)
    return text if math.isinf(value) else value
