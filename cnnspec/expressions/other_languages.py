"""Symbols of other languages that expressions don't have, each with what to write instead."""

from __future__ import annotations

import re

from cnnspec.core.plain_values import shorten
from cnnspec.expressions.errors import ExpressionError, syntax_error

_CHOICE = "A choice is written `a if condition else b`."
_QUOTE = "The text has no closing quote."
_INSTEAD = {
    "===": "Write `==`.",
    "!==": "Write `!=`.",
    "<>": "Write `!=`.",
    "=": "Equality is `==`; arguments have no names.",
    "&&": "Write `and`.",
    "&": "Write `and`.",
    "||": "Write `or`.",
    "|": "Write `or`.",
    "!": "Write `not`.",
    "?": _CHOICE,
    ":": _CHOICE,
    "'": _QUOTE,
    '"': _QUOTE,
    "$$": "`$$` is a dollar sign in plain text or in quotes; here a variable is `$name`.",
    "$(": "`$(…)` fills a name; here plain parentheses do: `($i + 1)`.",
    "${": "A variable is written without braces: `$name`.",
    "$": "A variable is `$name`, and a name starts with a letter; a dollar sign in plain text is `$$`.",
    ".": "An index follows its variable directly: `$depths.0`.",
    "\\": "A backslash escapes nothing; a text that has one kind of quotes stands in the other kind.",
}
_KNOWN = (
    "An expression has numbers, quoted texts, `$name`, `true false null`, `+ - * / // %`, comparisons, "
    "`and or not` and `a if c else b`."
)
_SUBSCRIPT = re.compile(r"\[\s*(\$?\w+)\s*\]")
_SQUARE = re.compile(r"(\$[^\W\d]\w*) *\*\* *2(?![\w.])")
_POWER = re.compile(r"(?<![\w.])([0-9]{1,2}) *\*\* *(\$[^\W\d]\w*)(?![\w.])")
_TERNARY = re.compile(r"\s*([^?:]*\S)\s*\?\s*([^?:]*[^?:\s])\s*:\s*([^?:]*[^?:\s])\s*")
_BRACED = re.compile(r"\$\{\s*(\w+)")
_INDEXED = re.compile(r"[\w.$]+")


def unknown_symbol(text: str, position: int, symbol: str) -> ExpressionError:
    """The error for a symbol that begins no token."""
    if symbol == "[":
        return _bracket(text, position)
    printable = symbol if symbol.isprintable() else f"U+{ord(symbol):04X}"
    message = f"`{printable}` has no place in an expression."
    hint = _power(text) if symbol == "**" else _INSTEAD.get(symbol, _KNOWN)
    if symbol == "${" and (braced := _BRACED.match(text, position)):
        hint = f"A variable is written without braces: `${shorten(braced[1])}`."
    elif symbol in {"?", ":"} and (choice := _TERNARY.fullmatch(text)):
        condition, value, otherwise = choice.groups()
        hint = f"Write `{shorten(f'{value} if {condition} else {otherwise}')}`."
    return syntax_error(message, hint, position, position + len(symbol))


def _power(text: str) -> str:
    """The hint for `**`: a product for a square, else a list of the powers."""
    if square := _SQUARE.search(text):
        return f"There is no power; multiply: `{shorten(f'{square[1]} * {square[1]}')}`."
    base, exponent, written = 2, "$stage", "$width * $powers.$stage"
    if power := _POWER.search(text):
        base, exponent = int(power[1]), power[2]
        written = f"{text[: power.start()]}$powers.{exponent}{text[power.end() :]}"
    powers = ", ".join(str(base**n) for n in range(4))
    return (
        f"There is no power; keep the powers in a list: `vars: {{powers: [{powers}]}}`, `{shorten(written)}`."
    )


def _bracket(text: str, position: int) -> ExpressionError:
    """The error for `$depths[0]`, or for a list."""
    subscript = _SUBSCRIPT.match(text, position)
    indexed = _last_word(text, position)
    if subscript and indexed:
        message = f"`{shorten(indexed + subscript[0])}`: brackets don't index."
        hint = f"Write `{shorten(f'{indexed}.{subscript[1]}')}`."
    elif indexed:
        message, hint = "Brackets don't index.", f"Write `{shorten(indexed)}.( … )`."
    else:
        message = "There are no lists in an expression."
        hint = "Write it in YAML, each element an expression of its own: `[$a, $b]`."
    return syntax_error(message, hint, position, position + 1)


def _last_word(text: str, position: int) -> str:
    """The variable before a bracket: `$depths.$i` of `4 * $depths.$i[0]`; or nothing."""
    words = _INDEXED.findall(text, 0, position)
    return words[-1] if words and text[:position].endswith(words[-1]) else ""
