"""What expressions refuse: where the mistake is, what it is called, what to write instead."""

from __future__ import annotations

import inspect
import sys

import pytest

from cnnspec.core.plain_values import Plain
from cnnspec.expressions.errors import ExpressionError, describe
from cnnspec.expressions.evaluate import evaluate, fill
from cnnspec.expressions.variables import Variables

SCOPE: dict[str, Plain] = {
    "width": 64,
    "act": "relu",
    "size": "4 * 8",
    "i": 0,
    "on": True,
    "nothing": None,
    "half": 0.5,
    "depths": [3, 4, 6, 3],
    "mixed": [1, "two"],
    "empty": [],
    "norm": {"eps": 1e-5},
    "bare": {},
}


def refusal(text: str, scope: Variables = SCOPE) -> ExpressionError:
    """The error that evaluating the text raises."""
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, scope)
    return caught.value


def check(text: str, code: str, offending: str, words: str, error: ExpressionError) -> None:
    """The error has its code, points at the characters, and says the words."""
    assert (code, offending) == (error.code, text[error.start : error.end])
    assert words in f"{error.message} {error.hint}"
    assert error.hint
    assert str(error) == error.message


VARIABLES = [
    ("$in_channels * 2", "unknown-variable", "$in_channels", "It is there in blocks"),
    ("$widht * 2", "unknown-variable", "$widht", "Did you mean $width?"),
    ("$zzz", "unknown-variable", "$zzz", "There are act, bare, depths, empty, half, i, "),
    ("1 if $on else $zzz", "unknown-variable", "$zzz", "There is no variable $zzz."),
    ("$b + $a", "unknown-variable", "$b", "$b"),
    ("width + $i", "bare-word", "width", "Write $width for the variable, or 'width' for the text."),
    ("widht + $i", "bare-word", "widht", "Did you mean $width? A text stands in quotes: 'widht'."),
    ("$act == foo", "bare-word", "foo", "'foo'"),
    ("norm.eps * $i", "bare-word", "norm.eps", "Write $norm.eps for the variable"),
    ("$width wide", "bare-word", "wide", "neither a variable nor a quoted text"),
    ("min + $i", "bare-word", "min", "It is a function: min(a, b, …)"),
    ("block$i", "bare-word", "block", "'block'"),
]

OPERANDS = [
    (
        "$width * $act",
        "wrong-operand",
        "$act",
        "`*` needs two numbers, not the number 64 and the text 'relu'.",
    ),
    ("$act + $act", "wrong-operand", "$act", "Texts are not joined"),
    ("$i + $size", "wrong-operand", "$size", "without a `$`, `4 * 8` is a text"),
    ("1 + $i + $on", "wrong-operand", "$on", "`1 if … else 0`"),
    ("$on - 1 - 1", "wrong-operand", "$on", "true"),
    ("$nothing // 2", "wrong-operand", "$nothing", "`(0 if $nothing == null else $nothing)`"),
    ("$depths % 2", "wrong-operand", "$depths", "the list [3, 4, 6, 3]"),
    ("$norm / 2", "wrong-operand", "$norm", "the mapping {eps: 1e-05}"),
    ("-$act", "wrong-operand", "$act", "`-` needs a number, not the text 'relu'."),
    ("+$on", "wrong-operand", "$on", "`+` needs a number, not true."),
    ("$act < 3", "wrong-operand", "$act", "`<`"),
    ("3 >= $nothing", "wrong-operand", "$nothing", "null"),
    ("0 < $i + 1 < $on", "wrong-operand", "$on", "`<` needs two numbers, not the number 1 and true."),
    ("not $act", "wrong-operand", "$act", "`$act == 'relu'`"),
    ("1 if $depths else 2", "wrong-operand", "$depths", "`len($depths) > 0`"),
    ("-($depths)", "wrong-operand", "($depths)", "`$x.0`"),
    ("1 + $norm", "wrong-operand", "$norm", "`$norm.eps`"),
    ("$on and $norm", "wrong-operand", "$norm", "A condition is"),
    ("abs($act)", "wrong-operand", "$act", "abs needs a number, not the text 'relu'."),
    ("int('3') + $i", "wrong-operand", "'3'", "Write the number."),
    ("max($on, 2)", "wrong-operand", "$on", "max needs a number, not true."),
    ("max($i)", "wrong-operand", "$i", "max needs a list, not the number 0."),
    ("min($empty)", "wrong-operand", "$empty", "min needs a list with elements, not the list []."),
    ("sum($mixed)", "wrong-operand", "$mixed", "sum needs a number, not the text 'two'."),
    ("len($act)", "wrong-operand", "$act", "len needs a list, not the text 'relu'."),
    ("round_to($width, 0.5)", "wrong-operand", "0.5", "a whole number above 0"),
    ("round_to($width, -8)", "wrong-operand", "-8", "a whole number above 0"),
]

NUMBERS = [
    ("$width / $i", "division-by-zero", "$i", "Division by zero: 64 / 0."),
    ("$width // (1 - 1)", "division-by-zero", "(1 - 1)", "64 // 0"),
    ("$half % 0.0", "division-by-zero", "0.0", "0.5 % 0"),
    ("round_to($width, 0)", "division-by-zero", "0", "round_to(64, 0)"),
    (
        "9223372036854775808 + $i",
        "number-too-large",
        "9223372036854775808",
        "9223372036854775808 is too large",
    ),
    ("$i + 9223372036854775807 * 2", "number-too-large", "9223372036854775807 * 2", "18446744073709551614"),
    ("-9223372036854775807 - 1 - $i", "number-too-large", "-9223372036854775807 - 1", "-2**63 and 2**63"),
    ("1e999 + $i", "number-too-large", "1e999", "inf"),
    ("1e19 + $i", "number-too-large", "1e19", "1e+19"),
    ("1 / 1e-320 + $i", "number-too-large", "1 / 1e-320", "inf"),
    ("$i + " + "9" * 300, "number-too-large", "9" * 300, "an integer of 997 bits"),
]

INDEXES = [
    (
        "$depths.4",
        "bad-index",
        "4",
        "There is no element 4 in a list of length 4. Elements count from 0 to 3.",
    ),
    ("$empty.0", "bad-index", "0", "The list is empty."),
    ("$depths.-1", "bad-index", ".-", "the last is `$list.(len($list) - 1)`"),
    ("$depths.($i - 1)", "bad-index", "($i - 1)", "There is no element -1"),
    ("$depths.first", "bad-index", "first", "the text 'first' is none"),
    ("$depths.$half", "bad-index", "$half", "the number 0.5 is none"),
    ("$depths.$on", "bad-index", "$on", "true is none"),
    ("$depths.00", "bad-index", "00", "a whole number below 4"),
    ("$norm.epz", "bad-index", "epz", "The mapping has no key 'epz'. Did you mean eps?"),
    ("$norm.0", "bad-index", "0", "Its keys are eps."),
    ("$norm.$on", "bad-index", "$on", "Its keys are eps."),
    ("$bare.x", "bad-index", "x", "It is empty."),
    ("$act.0", "bad-index", "0", "There are no elements in the text 'relu'."),
    ("$depths.0.0", "bad-index", "0", "There are no elements in the number 3."),
    ("sum($depths, 5)", "bad-index", "5", "sum can't take the first 5 of a list of length 4."),
    ("sum($depths, -1)", "bad-index", "-1", "from 0 to 4"),
    ("sum($depths, 1.5)", "bad-index", "1.5", "1.5"),
]

CALLS = [
    ("roud($half)", "unknown-function", "roud", "Did you mean round?"),
    ("open($act)", "unknown-function", "open", "The functions are abs, ceil, "),
    ("act.upper() + $i", "unknown-function", "act.upper", "There is no function act.upper."),
    (
        "round($half, 2)",
        "expression-syntax",
        "round($half, 2)",
        "A call with 2 arguments. It is written round(number).",
    ),
    ("len() + $i", "expression-syntax", "len()", "A call with 0 arguments."),
    ("abs(round_to($i))", "expression-syntax", "round_to($i)", "A call with 1 argument. It is"),
    ("max($width)", "wrong-operand", "$width", "`max($width, 8)`, or a list."),
    ("$i + min(3)", "wrong-operand", "3", "`min(3, 8)`"),
    ("len($width)", "wrong-operand", "$width", "`vars: {depths: [2, 3]}`"),
    ("round_to($width)", "expression-syntax", "round_to($width)", "round_to(value, divisor)"),
    ("max($width", "unbalanced-parenthesis", "(", "Close it with `)`"),
    ("max(($width + 1), 3", "unbalanced-parenthesis", "(", "Close it with `)`"),
    ("$i + min(", "unbalanced-parenthesis", "(", "never closed"),
    ("$width + 1)", "unbalanced-parenthesis", ")", "closes nothing. Take it out."),
]

SYNTAX = [
    ("$width +", "+", "A value is missing after `+`."),
    ("* $width", "*", "A value is missing before `*`."),
    ("$width + * 2", "*", "A value is missing before `*`."),
    ("() + $i", ")", "A value is missing before `)`."),
    ("max(1, ) + $i", ")", "A value is missing before `)`."),
    ("$width $i", "$i", "`$i` can't follow `$width`. Between two values stands an operator"),
    ("$width 'x'", "'x'", "`'x'` can't follow `$width`."),
    ("2 true $i", "true", "can't follow `2`"),
    ("$depths .5", ".5", "can't follow"),
    ("$depths. 0", ".", "An index stands close behind its dot"),
    ("$depths. $i", ".", "This dot has no index."),
    ("$depths. (1)", ".", "This dot has no index."),
    ("$depths.", ".", "This dot has no index."),
    ("$depths.*", ".", "This dot has no index."),
    ("($depths).0", ".", "Only a variable is indexed"),
    ("(1 2) + $i", "2", "can't follow `1`"),
    ("$i(3)", "(", "Only these are called: abs, "),
    ("$act.upper()", "(", "`(` can't follow `upper`. Only these are called"),
    ("$i, $i", ",", "a list is written in YAML: `[$a, $b]`"),
    ("($i, 2)", ",", "Commas stand between a function's arguments"),
    ("1 if $i", "$i", "The `if` has no `else`."),
    ("1 if $i 2", "2", "The `if` has no `else`."),
    ("$i else 2", "else", "`a if condition else b`"),
    ("if $i else 2", "if", "A value is missing before `if`."),
    ("1 == not $i", "not", "`(not …)` in parentheses"),
    ("$i not 1", "not", "can't follow"),
    ("True if $i else 0", "True", "Write `true`."),
    ("$i == None", "None", "Write `null`."),
    ("$i == NULL", "NULL", "Write `null`."),
    ("$i in $depths", "in", "`$x == 1 or $x == 2`"),
    ("$i is 0", "is", "Equality is `==`."),
    ("import $act", "import", "it imports nothing"),
    ("lambda + $i", "lambda", "it defines nothing"),
    ("f'x{$i}'", "f", "A text has no prefix"),
    ("$i == 'it's'", "s", "a quote in it takes the other kind around it"),
    ("$width ** 2", "**", "There is no power; multiply: `$width * $width`."),
    ("$width * 2 ** $i", "**", "`vars: {powers: [1, 2, 4, 8]}`, `$width * $powers.$i`."),
    ("3**$i + 1", "**", "`vars: {powers: [1, 3, 9, 27]}`, `$powers.$i + 1`."),
    ("2 ** ($i + 1)", "**", "`vars: {powers: [1, 2, 4, 8]}`, `$width * $powers.$stage`."),
    ("$i & 1", "&", "Write `and`."),
    ("$i && 1", "&&", "Write `and`."),
    ("$i | 1", "|", "Write `or`."),
    ("$i || 1", "||", "Write `or`."),
    ("!$i", "!", "Write `not`."),
    ("$i === 1", "===", "Write `==`."),
    ("$i = 1", "=", "Equality is `==`"),
    ("$i ? 1 : 2", "?", "Write `1 if $i else 2`."),
    ("$i ? 1", "?", "`a if condition else b`"),
    ("$i ? 1 : $on ? 2 : 3", "?", "`a if condition else b`"),
    ("$i\\n", "\\", "A backslash escapes nothing"),
    ("$i == 'a\\'", "\\", "put quotes into the other kind"),
    ("$i == 'relu", "'", "The text has no closing quote."),
    ("'$act' == $act", "$", "Write the variable outside; a dollar sign is `$$`."),
    ("$$x + $i", "$$", "`$$` is a dollar sign in plain text"),
    ("$(1 + 1)", "$(", "plain parentheses"),
    ("${width}", "${", "without braces: `$width`"),
    ("$5", "$", "a dollar sign in plain text is `$$`"),
    ("5$", "$", "a name starts with a letter"),
    ("$depths[0]", "[", "Write `$depths.0`."),
    ("4 * $depths.$i[ $i ]", "[", "Write `$depths.$i.$i`."),
    ("$depths[$i + 1]", "[", "Write `$depths.( … )`."),
    ("[1, 2] + $i", "[", "each element an expression of its own: `[$a, $b]`"),
    ("($i)[0]", "[", "no lists in an expression"),
    ("1_000 + $i", "1_000", "`1_000` is not a number."),
    ("1.2.3 + $i", "1.2.3", "Numbers are decimal"),
    ("$i + \u00a7", "\u00a7", "An expression has numbers"),
    ("$i + \u200b", "\u200b", "`U+200B` has no place"),
]

LENGTHS = [
    ("$i + " + "1 + " * 300 + "1", "too-long", None, "1206 characters; at most 1000"),
    ("(" * 65 + "$i" + ")" * 65, "too-long", "$i", "nests deeper than 64 levels"),
    ("-" * 65 + "$i", "too-long", "$i", "nests deeper than 64 levels"),
]


@pytest.mark.parametrize(
    ("text", "code", "offending", "words"), [*VARIABLES, *OPERANDS, *NUMBERS, *INDEXES, *CALLS]
)
def test_a_mistake_is_named_and_located(text: str, code: str, offending: str, words: str) -> None:
    check(text, code, offending, words, refusal(text))


@pytest.mark.parametrize(("text", "offending", "words"), SYNTAX)
def test_what_is_no_expression_is_told_what_to_write(text: str, offending: str, words: str) -> None:
    check(text, "expression-syntax", offending, words, refusal(text))


@pytest.mark.parametrize(("text", "code", "offending", "words"), LENGTHS)
def test_expressions_have_bounds(text: str, code: str, offending: str | None, words: str) -> None:
    check(text, code, offending or text[1_000:], words, refusal(text))


def test_what_keeps_within_the_bounds_is_computed() -> None:
    assert evaluate("(" * 64 + "$i" + ")" * 64, SCOPE) == 0
    assert evaluate("$i" + " + 1" * 249, SCOPE) == 249
    assert evaluate("0 if $i else " * 76 + "1", SCOPE) == 1
    assert evaluate("$a" + ".0" * 400, {"a": _nested(400)}) == "end"


def _nested(depth: int) -> Plain:
    value: Plain = "end"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (2**63, "number-too-large", "9223372036854775808"),
        (-(2**63), "number-too-large", "-9223372036854775808"),
        pytest.param(10**10_000, "number-too-large", "bits", id="huge"),
        (float("inf"), "number-too-large", "inf"),
        (float("nan"), "number-too-large", "nan"),
        ("x" * 1_001, "too-long", "The text has 1001 characters; at most 1000"),
        ([0] * 10_001, "too-long", "The list has 10001 elements; at most 10000"),
        (dict.fromkeys(map(str, range(10_001))), "too-long", "The mapping has 10001 elements"),
    ],
)
@pytest.mark.parametrize("text", ["$x", "$y.0", "1 if $x == 0 else 2"])
def test_the_values_of_variables_have_bounds(value: Plain, code: str, words: str, text: str) -> None:
    error = refusal(text, {"x": value, "y": [value]})
    assert code == error.code
    assert words in error.message


def test_bounds_are_open_to_what_lies_just_within() -> None:
    values: list[Plain] = [2**63 - 1, 1 - 2**63, 1e300, "x" * 1_000, [0] * 10_000]
    for value in values:
        assert value is evaluate("$x", {"x": value})


def test_a_large_fraction_in_a_variable_joins_no_arithmetic() -> None:
    for text in ("$x + 1", "-$x", "round($x)", "min($x, $x)", "sum($y)", "round_to($x, 8)"):
        assert refusal(text, {"x": 1.7e308, "y": [1.7e308, 1.7e308]}).code == "number-too-large"


def test_a_large_number_in_a_list_joins_no_sum() -> None:
    lists: list[Plain] = [[2**63, 0.5], [10**400, 0.5], [10**400], [float("inf"), 1]]
    for values in lists:
        error = refusal("1 + sum($x)", {"x": values})
        assert (error.code, error.start) == ("number-too-large", 8)


def test_lists_that_share_their_elements_are_not_compared_for_ever() -> None:
    left: Plain = [0, 0]
    right: Plain = [0, 0]
    for _ in range(60):
        left, right = [left, left], [right, right]
    error = refusal("1 if $a == $b else 0", {"a": left, "b": right})
    assert (error.code, "1 if $a == $b else 0"[error.start : error.end]) == ("too-long", "$a == $b")


def test_without_any_variable_the_hint_says_where_they_are_declared() -> None:
    assert refusal("$x", {}).hint == "Declare it under `vars`."


def test_many_variables_are_not_all_listed() -> None:
    hint = refusal("$zzz", {f"v{number:02}": 0 for number in range(20)}).hint
    assert hint == "There are v00, v01, v02, v03, v04, v05, v06, v07, v08, v09, v10, v11, …."


NAMES = [
    ("a$b", "unknown-variable", "$b", "There is no variable $b."),
    ("conv$i_a", "unknown-variable", "$i_a", "Write `$($i)_a` if you mean $i."),
    ("x$($widht + 1)", "unknown-variable", "$widht", "Did you mean $width?"),
    ("x$(width + 1)", "bare-word", "width", "Write $width for the variable"),
    ("x$", "expression-syntax", "$", "A dollar sign is `$$`"),
    ("x$ {i}", "expression-syntax", "$", "`$name` or `$(expression)`"),
    ("x$()", "expression-syntax", ")", "A value is missing"),
    ("x$(1 +)", "expression-syntax", "+", "A value is missing after `+`."),
    ("x$(1 2)y", "expression-syntax", "2", "can't follow"),
    ("x$(1 if $i)", "expression-syntax", "$i", "The `if` has no `else`."),
    ("x$($i.)", "expression-syntax", ".", "This dot has no index."),
    ("x$(max(1, 2)", "unbalanced-parenthesis", "$(", "never closed"),
    ("x$(1 / 0)", "division-by-zero", "0", "1 / 0"),
    ("x$on", "wrong-operand", "$on", "not with true. Choose a text"),
    ("x$($nothing)", "wrong-operand", "$($nothing)", "null"),
    ("x$depths", "wrong-operand", "$depths", "`$($depths.0)`"),
    ("x$norm", "wrong-operand", "$norm", "the mapping {eps: 1e-05}"),
]


@pytest.mark.parametrize(("text", "code", "offending", "words"), NAMES)
def test_a_mistake_in_a_name_is_named_and_located(text: str, code: str, offending: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        fill(text, SCOPE)
    check(text, code, offending, words, caught.value)


@pytest.mark.parametrize(("text", "value"), [("$x" * 501, "a"), ("$x$x", "a" * 501)])
def test_names_have_bounds(text: str, value: str) -> None:
    with pytest.raises(ExpressionError, match="at most 1000 are allowed") as caught:
        fill(text, {"x": value})
    assert caught.value.code == "too-long"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([1, 2], "the list [1, 2]"),
        ({"a": {"b": 1}, "d": None}, "the mapping {a: {b: 1}, d: null}"),
        ("a b", "the text 'a b'"),
        ("relu", "the text 'relu'"),
        (False, "false"),
        (None, "null"),
        (1.5, "the number 1.5"),
    ],
)
def test_messages_name_the_type_of_a_value(value: Plain, shown: str) -> None:
    assert shown == describe(value)


DEEPEST = ("(" * 56 + "1" + "==1 and 1 or 0)" * 56 + " or $i", "(" * 64 + "$i" + ")" * 64)


@pytest.mark.parametrize("text", DEEPEST)
def test_the_deepest_expression_needs_but_part_of_the_stack(text: str) -> None:
    def descend(levels: int) -> Plain:
        return descend(levels - 1) if levels else evaluate(text, SCOPE)

    used = len(inspect.stack(0))
    assert not descend(sys.getrecursionlimit() - used - 400)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("$zzz", "there is no variable $zzz"),
        ("$act.0", "there are no elements in the text 'relu'"),
        ("$width +", "a value is missing after `+`"),
        ("$width ** 2", "`**` has no place in an expression"),
    ],
)
def test_a_message_is_a_clause_in_a_diagnostic(text: str, clause: str) -> None:
    assert clause == refusal(text).clause
