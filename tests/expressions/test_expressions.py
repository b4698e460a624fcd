"""What expressions mean: the rules of the language, one by one."""

from __future__ import annotations

import math
from collections import ChainMap

import pytest

from cnnspec.core.plain_values import Plain
from cnnspec.expressions.evaluate import evaluate, fill
from cnnspec.expressions.variables import variable_names

SCOPE: dict[str, Plain] = {
    "width": 64,
    "ratio": 0.5,
    "act": "relu",
    "i": 1,
    "on": True,
    "off": False,
    "nothing": None,
    "two": 2.0,
    "depths": [3, 4, 6, 3],
    "widths": [0.1, 0.2, 0.3],
    "norm": {"eps": 1e-5, "3x3": "key", "7": "seven", "max-pool": 2},
    "row": [{"channels": [16, 32]}, {"channels": [64]}],
    "größe": 7,
}


def compute(expression: str) -> Plain:
    """The value of an expression that may have no variable in it."""
    return evaluate(f"{expression} if $on else 0", SCOPE)


def same(expected: Plain, actual: Plain) -> bool:
    """Equal, and of one type: 1, 1.0 and true are three values here."""
    return expected == actual and type(expected) is type(actual)


class TestText:
    """What is an expression and what is text."""

    @pytest.mark.parametrize("text", ["", "relu", "4 * 8", "a # b", "max(1", "x" * 2_000])
    def test_a_text_without_a_dollar_is_itself(self, text: str) -> None:
        assert text == evaluate(text, SCOPE) == fill(text, SCOPE)

    @pytest.mark.parametrize(
        ("text", "plain"),
        [("$$", "$"), ("a $$ b", "a $ b"), ("$$x", "$x"), ("'$$'", "'$'"), ("$$$$(", "$$(")],
    )
    def test_a_text_with_only_doubled_dollars_is_plain_text(self, text: str, plain: str) -> None:
        assert plain == evaluate(text, SCOPE) == fill(text, SCOPE)

    @pytest.mark.parametrize("name", SCOPE)
    @pytest.mark.parametrize("form", ["${}", " ${}\n"])
    def test_a_variable_alone_stands_for_its_value_whatever_the_type(self, name: str, form: str) -> None:
        assert SCOPE[name] is evaluate(form.replace("{}", name), SCOPE)

    @pytest.mark.parametrize("value", [2.0, 1e300, -0.0, [True, [None]]])
    def test_a_variable_alone_stays_as_it_was_written(self, value: Plain) -> None:
        assert value is evaluate("$x", {"x": value})

    def test_quoted_texts_have_either_quotes_and_doubled_dollars(self) -> None:
        assert compute('"it\'s $$5"') == "it's $5"
        assert compute("'say \"x\"'") == 'say "x"'
        assert compute("''") == ""

    def test_a_scope_may_be_any_mapping(self) -> None:
        assert evaluate("$a + $b", ChainMap({"a": 1}, {"a": 7, "b": 2})) == 3


class TestNumbers:
    """Arithmetic."""

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("1e-3", 0.001),
            ("2.0", 2),
            ("1E2", 100),
            (".5", 0.5),
            ("5.", 5),
            ("010", 10),
            ("$width * 2", 128),
            ("$ratio * $width", 32),
            ("6 / 2", 3),
            ("7 / 2", 3.5),
            ("4611686018427387905 / 1", 4611686018427387905),
            ("9223372036854775807 - 1", 9223372036854775806),
            ("-7 // 2", -4),
            ("-7 % 4", 1),
            ("7.5 // 2", 3),
            ("7.5 % 2", 1.5),
            ("0.1 + 0.2", 0.1 + 0.2),
            ("1 - 2 - 3", -4),
            ("8 / 2 * 4", 16),
            ("1 + 2 * 3", 7),
            ("(1 + 2) * 3", 9),
            ("- -3", 3),
            ("2 - -3", 5),
            ("+$i", 1),
            ("-0.0", 0),
            ("$width*2", 128),
            ("$größe + 1", 8),
        ],
    )
    def test_numbers_compute_as_in_python_and_are_whole_without_a_fraction(
        self, expression: str, value: Plain
    ) -> None:
        assert same(value, compute(expression))

    @pytest.mark.parametrize(
        ("call", "value"),
        [
            ("min(3, 1, 2)", 1),
            ("max(3, $width)", 64),
            ("max($depths)", 6),
            ("min($widths)", 0.1),
            ("abs(-3)", 3),
            ("abs(-0.5)", 0.5),
            ("int(-2.7)", -2),
            ("floor(-2.7)", -3),
            ("ceil(2.1)", 3),
            ("round(0.5)", 0),
            ("round(1.5)", 2),
            ("round(2.5)", 2),
            ("round(-1.6)", -2),
            ("len($depths)", 4),
            ("len($norm)", 4),
            ("sum($depths)", 16),
            ("sum($depths, 2)", 7),
            ("sum($depths, 0)", 0),
            ("sum($depths, len($depths))", 16),
            ("sum($widths)", math.fsum([0.1, 0.2, 0.3])),
            ("round_to(32 * 1.1, 8)", 32),
            ("round_to(3, 8)", 8),
            ("round_to(11, 8)", 16),
            ("round_to(12, 8)", 16),
            ("round_to(-5, 8)", 8),
            ("max (1, (2))", 2),
        ],
    )
    def test_functions_give_numbers(self, call: str, value: Plain) -> None:
        assert same(value, compute(call))

    @pytest.mark.parametrize("divisor", [1, 2, 4, 8, 16])
    def test_round_to_is_what_mobilenet_calls_make_divisible(self, divisor: int) -> None:
        for tenths in range(1, 2_000):
            value = tenths / 10
            expected = max(divisor, int(value + divisor / 2) // divisor * divisor)
            if expected < 0.9 * value:
                expected += divisor
            assert expected == evaluate("round_to($value, $divisor)", {"value": value, "divisor": divisor})


class TestLogic:
    """Comparisons, conditions, choices."""

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("1 < 2", True),
            ("2 <= 1", False),
            ("2 >= 2.0", True),
            ("1 > 0.5", True),
            ("0 < $i <= 1", True),
            ("0 < $i < 1", False),
            ("1 == 1.0", True),
            ("1 != 2 == 2", True),
            ("$act == 'relu'", True),
            ("$act != 'relu'", False),
            ("'1' == 1", False),
            ("null == null", True),
            ("$nothing == 0", False),
            ("true == 1", False),
            ("$on == 1", False),
            ("1 == $on", False),
            ("$on == true", True),
            ("false == 0", False),
            ("$off != 0", True),
            ("$depths == $depths", True),
            ("$depths == $widths", False),
            ("$depths == 3", False),
            ("3 == $depths", False),
            ("$norm == $norm", True),
            ("$norm == $depths", False),
            ("$row.0 == $row.1", False),
        ],
    )
    def test_comparisons(self, expression: str, value: bool) -> None:
        assert same(value, compute(f"({expression})"))

    @pytest.mark.parametrize(
        ("left", "right", "equal"),
        [
            ([1, [2]], [1.0, [2.0]], True),
            ([True], [1], False),
            ({"a": [0]}, {"a": [False]}, False),
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
            ([], [], True),
            ([], {}, False),
            ([[]], [0], False),
            ([0], [[]], False),
        ],
    )
    def test_lists_and_mappings_are_equal_by_their_elements(
        self,
        left: Plain,
        right: Plain,
        equal: bool,
    ) -> None:
        assert equal is evaluate("$a == $b", {"a": left, "b": right})

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("1 and 2", True),
            ("0 or null", False),
            ("0 or 0.5", True),
            ("1 and 1 and 0", False),
            ("not 0", True),
            ("not not null", False),
            ("not $i == 0", True),
            ("1 or 1 and 0", True),
            ("(1 or 1) and 0", False),
            ("not 1 or 1", True),
            ("true and not false", True),
            ("$off or $nothing or $i", True),
        ],
    )
    def test_and_or_not_give_booleans(self, expression: str, value: bool) -> None:
        assert value is compute(f"({expression})")

    def test_what_cannot_change_the_answer_is_not_computed(self) -> None:
        assert evaluate("$x == null or $x > 3", {"x": None}) is True
        assert evaluate("$x != null and $x > 3", {"x": None}) is False
        assert evaluate("0 if $x == 0 else 1 / $x", {"x": 0}) == 0

    @pytest.mark.parametrize(("i", "value"), [(0, "a"), (1, "b"), (2, "c"), (3, "c")])
    def test_choices_are_tried_in_turn(self, i: int, value: str) -> None:
        assert value == evaluate("'a' if $i == 0 else 'b' if $i == 1 else 'c'", {"i": i})

    def test_a_choice_gives_its_value_untouched(self) -> None:
        assert SCOPE["depths"] is evaluate("$depths if $on else $norm", SCOPE)


class TestIndexes:
    """Elements of lists and mappings."""

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("$depths.0", 3),
            ("$depths.$i", 4),
            ("$depths.($i + 1)", 6),
            ("$depths.(2.0)", 6),
            ("$depths.$two", 6),
            ("$norm.eps", 1e-5),
            ("$norm.3x3", "key"),
            ("$norm.7", "seven"),
            ("$norm.('max-pool')", 2),
            ("$row.0.channels.1", 32),
            ("$row.$i.channels.0", 64),
            ("$row.($i - 1).channels.$i", 32),
            ("$depths.0 * .5", 1.5),
            ("$depths.0*.5", 1.5),
            ("$depths.0+1", 4),
            ("-$depths.0", -3),
            ("$depths.(len($depths) - 1)", 3),
        ],
    )
    def test_elements(self, expression: str, value: Plain) -> None:
        assert same(value, evaluate(expression, SCOPE))

    def test_two_indexes_are_no_fraction(self) -> None:
        assert evaluate("$a.0.1", {"a": [[4, 5]]}) == 5

    def test_an_index_that_is_a_variable_keeps_its_own_dots_out(self) -> None:
        assert evaluate("$a.$i.0", {"a": [["x"], []], "i": 0}) == "x"


class TestNames:
    """Text in which variables are filled in."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("denselayer$($i + 1)", "denselayer2"),
            ("block$width-$i", "block64-1"),
            ("layer$i.$i", "layer1.1"),
            ("$act", "relu"),
            ("$($act)", "relu"),
            ("1e3", "1e3"),
            ("a$$b", "a$b"),
            ("x$(2.0)$(0.5)", "x20.5"),
            ("$('a)b')c", "a)bc"),
            ("$((1 + 1) * 2)!", "4!"),
            ("4 * $i", "4 * 1"),
            ("$$$i", "$1"),
        ],
    )
    def test_variables_and_parentheses_are_filled_and_nothing_else(self, text: str, name: str) -> None:
        assert name == fill(text, SCOPE)


class TestReads:
    """Which variables a text reads."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", set()),
            ("$a", {"a"}),
            ("$a.$b.(2 * $c)", {"a", "b", "c"}),
            ("layer$($i + 1)$j", {"i", "j"}),
            ("$$a $$$b", {"b"}),
            ("a + b", set()),
            ("$ $( $5 ((", set()),
            ("$a + * ]", {"a"}),
        ],
    )
    def test_the_variables_of_a_text_valid_or_not(self, text: str, expected: set[str]) -> None:
        assert expected == variable_names(text)
