"""Expressions against Python's own arithmetic, and against texts that mean no good."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cnnspec.core.plain_values import Plain
from cnnspec.expressions.errors import ExpressionError
from cnnspec.expressions.evaluate import evaluate, fill
from cnnspec.expressions.variables import variable_names

Number = int | float


class Whole:
    """A number that computes as Python does, but is whole without a fraction, and bounded."""

    def __init__(self, value: Number) -> None:
        if not -(2**63) < value < 2**63:
            raise OverflowError
        self.value = int(value) if value == math.floor(value) else value

    def __truediv__(self, other: Whole) -> Whole:
        """Exact between whole numbers."""
        if isinstance(self.value, int) and isinstance(other.value, int):
            exact = Fraction(self.value, other.value)
            return Whole(exact.numerator if exact.denominator == 1 else self.value / other.value)
        return Whole(self.value / other.value)

    def __bool__(self) -> bool:
        """0 is false."""
        return self.value != 0

    def __eq__(self, other: object) -> bool:
        """By value."""
        return isinstance(other, Whole) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def _arithmetic(function: Callable[..., Any]) -> Callable[..., Whole]:
    return lambda *operands: Whole(function(*(operand.value for operand in operands)))


for _name in ("add", "sub", "mul", "floordiv", "mod", "neg", "pos", "abs"):
    setattr(Whole, f"__{_name}__", _arithmetic(getattr(operator, _name)))
for _name in ("lt", "le", "gt", "ge"):
    _order = getattr(operator, _name)
    setattr(Whole, f"__{_name}__", lambda a, b, order=_order: order(a.value, b.value))

FUNCTIONS: dict[str, Callable[..., Whole]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": _arithmetic(round),
    "floor": _arithmetic(math.floor),
    "ceil": _arithmetic(math.ceil),
    "int": _arithmetic(int),
}
SCOPE: dict[str, Plain] = {"a": 3, "b": 0.5, "c": -7, "d": 0, "e": 2**40 + 1}

# an expression is a pair: as the language writes it, and as Python does
Pair = tuple[str, str]


def _join(*parts: str | Pair) -> Pair:
    pairs = [(part, part) if isinstance(part, str) else part for part in parts]
    return " ".join(ours for ours, _ in pairs), " ".join(theirs for _, theirs in pairs)


def _within(pair: Pair) -> Pair:
    return _join("(", pair, ")")


LEAVES = st.one_of(
    st.sampled_from(sorted(SCOPE)).map(lambda name: (f"${name}", name)),
    st.integers(0, 12).map(lambda number: (str(number), f"W({number})")),
    st.sampled_from(["0.25", "1.5", "2.0", "1e-3", "4e9"]).map(lambda number: (number, f"W({number})")),
)


ARITHMETIC = st.sampled_from(["+", "-", "*", "/", "//", "%"])
ORDER = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
OF_ONE = st.sampled_from(["abs", "round", "floor", "ceil", "int"])
OF_TWO = st.sampled_from(["min", "max"])


@st.composite
def numbers(draw: st.DrawFn, depth: int = 4) -> Pair:
    """Arithmetic without more parentheses than it has drawn: how tightly operators bind is tested."""
    inner = numbers(depth - 1)
    form = draw(st.integers(0, 7)) if depth else 0
    if form == 0:
        return draw(LEAVES)
    if form == 1:
        return _join(draw(st.sampled_from("+-")), draw(inner))
    if form == 2:
        return _within(draw(inner))
    if form == 3:
        return _within(_join(draw(inner), "if", draw(conditions(depth - 1)), "else", draw(inner)))
    if form == 4:
        return _join(draw(OF_ONE), _within(draw(inner)))
    if form == 5:
        return _join(draw(OF_TWO), "(", draw(inner), ",", draw(inner), ")")
    return _join(draw(inner), draw(ARITHMETIC), draw(inner))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Pair:
    """Comparisons, chained ones too, and what joins them; never an operand of arithmetic."""
    number = numbers(min(depth, 2))
    form = draw(st.integers(0, 5)) if depth else 0
    if form == 0:
        return _join(draw(number), draw(ORDER), draw(number))
    if form == 1:
        return _join(draw(number), draw(ORDER), draw(number), draw(ORDER), draw(number))
    if form == 2:
        return draw(number)
    if form == 3:
        return _join("not", draw(conditions(depth - 1)))
    if form == 4:
        return _within(draw(conditions(depth - 1)))
    return _join(
        draw(conditions(depth - 1)), draw(st.sampled_from(["and", "or"])), draw(conditions(depth - 1))
    )


def python(source: str) -> Any:
    """What Python makes of it, an error as its code."""
    scope = {name: Whole(number) for name, number in SCOPE.items()}  # type: ignore[arg-type]
    try:
        return eval(source, {"__builtins__": {}, "W": Whole, **FUNCTIONS}, scope)
    except ZeroDivisionError:
        return "division-by-zero"
    except OverflowError:
        return "number-too-large"


def ours(text: str) -> Plain:
    """What the language makes of it, an error as its code."""
    try:
        return evaluate(text, SCOPE)
    except ExpressionError as error:
        return error.code


@settings(max_examples=500, deadline=None)
@given(numbers())
def test_arithmetic_is_pythons(pair: Pair) -> None:
    text, source = pair
    assume("$" in text and len(text) <= 1_000)
    expected, actual = python(source), ours(text)
    expected = expected.value if isinstance(expected, Whole) else expected
    assert (expected, type(expected)) == (actual, type(actual))


@settings(max_examples=500, deadline=None)
@given(conditions())
def test_conditions_are_pythons(pair: Pair) -> None:
    text, source = _join(("1", "W(1)"), "if", pair, "else", ("0", "W(0)"))
    assume("$" in text and len(text) <= 1_000)
    expected, actual = python(source), ours(text)
    assert (expected.value if isinstance(expected, Whole) else expected) == actual


HOSTILE_SCOPE: dict[str, Plain] = {
    **SCOPE,
    "t": "text",
    "n": None,
    "yes": True,
    "l": [1, [2, "x"], 0.5],
    "m": {"k": [1], "0": None},
}
SHARDS = [
    *(
        "$a",
        "$b",
        "$t",
        "$n",
        "$yes",
        "$l",
        "$m",
        "$zz",
        "$",
        "$$",
        "$(",
        "${",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
    ),
    *(
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "<",
        "<=",
        "==",
        "!=",
        "=",
        ".",
        ".0",
        ".k",
        ".$a",
        ".(",
        "'",
        '"',
        "\\",
    ),
    *(
        "and",
        "or",
        "not",
        "if",
        "else",
        "true",
        "false",
        "null",
        "None",
        "min",
        "sum(",
        "len(",
        "round_to(",
        "x.y",
    ),
    *(
        "0",
        "1",
        "007",
        "1e999",
        "9" * 30,
        ".5",
        "5.",
        "1e-320",
        "\n",
        "\x00",
        "é",
        "２",
        "²",
        "\ud800",
        "\u200b",
        ":",
    ),
]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(SHARDS) | st.text(max_size=3), max_size=25), st.sampled_from(["", " "]))
@example(["$", "a"] * 600, "")
@example(["$a"] + ["-"] * 900, "")
def test_no_text_does_more_than_raise_an_error_that_points_into_it(shards: list[str], between: str) -> None:
    text = between.join(shards)
    variable_names(text)
    for interpret in (evaluate, fill):
        try:
            interpret(text, HOSTILE_SCOPE)
        except ExpressionError as error:
            assert 0 <= error.start < error.end <= len(text)  # noqa: PT017 -- not every text is an error
            assert error.message  # noqa: PT017
            assert error.hint  # noqa: PT017


@pytest.mark.parametrize(
    "text",
    [
        "$" * 999,
        "$a" + "(" * 998,
        "$a+" + "-" * 997,
        "$a" + " not" * 249,
        "'" * 999 + "$",
        "$a " + "1" * 990,
        "$a " + "[" * 990,
        "[$a" + "." * 990,
        "$l" + ".0" * 490,
        "$a" + " if $a else $a" * 70,
        "x." * 490 + "$a",
        "$(" * 499,
        "9*" * 490 + "$a",
        "sum($big)+" * 90 + "$a",
        "$big == $big and " * 50 + "$a",
    ],
)
def test_no_text_takes_forever(text: str) -> None:
    scope: dict[str, Plain] = {**HOSTILE_SCOPE, "big": [1] * 10_000}
    for interpret in (evaluate, fill):
        try:
            interpret(text, scope)
        except ExpressionError:
            continue
