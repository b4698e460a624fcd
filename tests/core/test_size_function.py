"""Sizes as functions: composed, they are what the composition of their values is, for every n."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.core.closed_form import closed_form, in_product
from cnnspec.core.size_function import (
    ALWAYS,
    IDENTITY,
    LONGEST,
    SizeFunction,
    both,
    compose,
    domain,
    meeting,
    size_function,
)

FAR = 200


@st.composite
def functions(draw) -> SizeFunction:
    """A table with holes, and a law that does not shrink."""
    start, period = draw(st.integers(0, 5)), draw(st.integers(1, 6))
    sizes = st.none() | st.integers(1, 12)
    return SizeFunction(tuple(draw(sizes) for _ in range(start + period)), period, draw(st.integers(0, 7)))


def law(a: int, b: int, c: int) -> SizeFunction:
    """⌊(a·n + b)/c⌋ where that is 1 or more."""
    start = max(1, -(-(c - b) // a))
    table = [None] * (start - 1) + [(a * n + b) // c for n in range(start, start + c)]
    return size_function(table, c, a)


@given(functions())
def test_the_shortest_form_is_the_same_function(function):
    short = size_function(function.table, function.period, function.growth)
    assert [function.at(n) for n in range(1, FAR)] == [short.at(n) for n in range(1, FAR)]
    assert len(short.table) <= len(function.table)


@given(functions())
def test_values_are_those_one_by_one(function):
    assert [function.at(n) for n in range(1, FAR)] == function.values(FAR - 1)


@given(functions(), functions())
def test_a_composition_is_one_for_every_n(outer, inner):
    both_ = compose(outer, inner)
    for n in range(1, FAR):
        size = inner.at(n)
        assert both_.at(n) == (None if size is None else outer.at(size))


@given(functions(), functions())
def test_two_sets_have_in_common_what_is_in_both(one, other):
    found = both(domain(one), domain(other))
    for n in range(1, FAR):
        assert (found.at(n) is not None) == (one.at(n) is not None and other.at(n) is not None)


@given(functions(), functions())
def test_where_functions_meet_their_order_is_settled(one, other):
    met = meeting([one, other])

    def equal(n):
        return one.at(n) is not None and one.at(n) == other.at(n)

    table = [0 if equal(n) else None for n in range(1, met.last + 1)]
    same = size_function(table, met.period, 0)
    assert [equal(n) for n in range(1, 2 * FAR)] == [same.at(n) is not None for n in range(1, 2 * FAR)]


def test_what_has_no_law_is_known_as_far_as_its_table():
    rough = SizeFunction((None, 1, 2, 2), 0, 0)
    assert (False, None, 2) == (rough.proven, rough.at(5), rough.at(4))
    assert not compose(rough, IDENTITY).proven
    doubled = compose(rough, law(2, 0, 1))
    assert (1, 2, None, False) == (doubled.at(1), doubled.at(2), doubled.at(3), doubled.proven)
    assert not meeting([rough, IDENTITY]).period
    assert not domain(SizeFunction((1, 2), 0, 0)).proven
    assert not both(domain(rough), law(1, 0, 2)).proven
    assert rough == both(rough, ALWAYS)


def test_a_set_that_ends_is_known_though_the_other_has_no_law():
    few = SizeFunction((None, 0, None), 1, 0)
    found = both(few, SizeFunction((0,) * 9, 0, 0))
    assert (True, True, 0) == (found.ends, found.proven, found.at(2))


def test_a_table_that_would_be_too_long_has_no_law():
    primes = [law(1, 0, p) for p in (251, 241, 239)]
    assert not meeting(primes).period
    assert not compose(law(1, 0, 65_521), law(1, 0, 65_519)).proven
    late = [law(1, 0, 1), SizeFunction((*(None,) * 9, LONGEST), 1, 2)]
    assert not meeting(late).period
    assert not both(domain(law(1, 0, 1)), ALWAYS).ends
    assert not both(SizeFunction((0, *(None,) * 65_520), 65_521, 0), SizeFunction((0, None), 2, 0)).proven


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (IDENTITY, "H"),
        (law(1, 31, 32), "⌊(H + 31)/32⌋"),
        (law(1, -5, 16), "⌊(H − 5)/16⌋"),
        (law(2, 1, 3), "⌊(2H + 1)/3⌋"),
        (law(2, -4, 1), "2H − 4"),
        (compose(law(4, 0, 1), law(1, 3, 4)), "4·⌊(H + 3)/4⌋"),
        (compose(law(4, 1, 1), law(1, 3, 4)), "4·⌊(H + 3)/4⌋ + 1"),
        (compose(law(4, -1, 1), law(1, 3, 4)), "4·⌊(H − 1)/4⌋ + 3"),
        (SizeFunction((7,), 1, 0), 7),
        (SizeFunction((None,), 1, 0), None),
        (SizeFunction((6, 2, 14), 3, 4), "6 at H = 1, 4 more every 3"),
        (SizeFunction((5, 1, 9), 3, 3), "5 at H = 1, 3 more every 3"),
        (SizeFunction((None, 1, 2, 2, 3, 4, 4), 0, 0), "⌊(3H + 2)/5⌋"),
        (SizeFunction((1, 1, 4, 4, 6, 9), 0, 0), "≈8H/5"),
        (SizeFunction((None, 1), 0, 0), 1),
    ],
)
def test_a_function_has_a_formula(function, text):
    assert text == closed_form(function, ALWAYS, "H")


def test_a_formula_holds_where_sizes_are_valid():
    even = SizeFunction((None, 0), 2, 0)
    assert "H/2" == closed_form(law(1, 1, 2), even, "H")
    assert "H" == closed_form(compose(law(2, 0, 1), law(1, 0, 2)), even, "H")
    assert "⌊H/2⌋" == closed_form(law(1, 0, 2), SizeFunction((0,) * 9, 0, 0), "H")


def test_a_formula_as_a_factor_is_set_off():
    assert ["7", "H", "(H − 4)", "⌊(H + 1)/2⌋", "4·⌊(H + 3)/4⌋"] == [
        in_product(text) for text in (7, "H", "H − 4", "⌊(H + 1)/2⌋", "4·⌊(H + 3)/4⌋")
    ]


def test_a_formula_of_few_sizes_is_found_in_few():
    few = SizeFunction((*(None,) * 40_000, 1, 2, 3), 3, 3)
    many = SizeFunction((0,) * 60_001, 60_001, 0)
    assert "H − 40000" == closed_form(few, many, "H")
