"""Suggestions for misspelt words."""

from __future__ import annotations

import pytest

from cnnspec.core.suggest import did_you_mean, nearest

KINDS = ("conv", "conv_transpose", "linear", "maxpool", "dropout", "kaiming_normal", "lr", "vars")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("cov", "conv"),
        ("Conv", "conv"),
        ("ocnv", "conv"),
        ("conv-transpose", "conv_transpose"),
        ("max_pool", "maxpool"),
        ("drop", "dropout"),
        ("he_normal", "kaiming_normal"),
        ("learning_rate", "lr"),
        ("variables", "vars"),
        ("attention", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_suggested_and_a_stranger_is_not(word, meant):
    assert meant == nearest(word, KINDS)


def test_a_suggestion_is_a_question_or_nothing():
    assert "Did you mean conv?" == did_you_mean("cnv", KINDS)
    assert "" == did_you_mean("attention", KINDS)
    assert "Write {kaiming_normal: {nonlinearity: linear}}." == did_you_mean("LeCun_normal", KINDS)
    assert "" == did_you_mean("lecun_normal", ["conv"])


def test_among_many_words_those_that_begin_alike_are_compared():
    many = [f"block{number}" for number in range(200)]
    assert "block17" == nearest("blok17", many)
    assert nearest("xlock17", many) is None


def test_no_more_than_a_thousand_words_are_looked_at():
    assert nearest("conv", (word for word in [*("x" * n for n in range(1, 1_001)), "conv"])) is None


def test_an_empty_candidate_is_no_synonym():
    assert "kernel" == nearest("kernal", ["", "kernel"])
