"""How messages quote values."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cnnspec.core.plain_values import Plain, quote, shorten, yaml_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1e-5, "1e-05"),
        ("relu", "relu"),
        ("max-pool", "max-pool"),
        ("true", "'true'"),
        ("3", "'3'"),
        ("a b", "'a b'"),
        ("", "''"),
        ("it's", '"it\'s"'),
        ("a\nb", '"a\\nb"'),
        ([1, [2, "x"]], "[1, [2, x]]"),
        ((3, 3), "[3, 3]"),
        ([], "[]"),
        ({"eps": 1e-3, "a": {}}, "{eps: 0.001, a: {}}"),
        (2**200, "an integer of 201 bits"),
    ],
)
def test_a_value_is_written_as_yaml_has_it(value: Plain, text: str) -> None:
    assert text == yaml_text(value)


def test_a_quoted_text_is_always_in_quotes() -> None:
    assert ["'relu'", "3", "[a]"] == [quote(value) for value in ("relu", 3, ["a"])]


def test_long_values_are_cut() -> None:
    assert "'" + "x" * 57 + "…'" == quote("x" * 100)
    assert "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, …" == yaml_text(list(range(1_000)))
    nested: Plain = "x" * 10_000
    for _ in range(60):
        nested = {"k": [nested] * 9}
    assert 60 == len(yaml_text(nested))


@given(st.text(max_size=50))
@example("\U00018d09\x85\ufffe")
def test_a_short_text_in_quotes_is_itself_in_yaml(text: str) -> None:
    assert text == yaml.safe_load(quote(text))


def test_a_shortened_text_is_one_line_of_forty_characters() -> None:
    assert "a b c" == shorten("a\n  b\tc")
    assert "x" * 39 + "…" == shorten("x" * 41)
    assert "a…" == shorten("a" + " " * 100 + "b")
    assert "x" * 40 == shorten("x" * 40)


def test_infinite_numbers_are_written_as_yaml_has_them():
    assert [".inf", "-.inf", ".nan"] == [yaml_text(float(text)) for text in ("inf", "-inf", "nan")]
