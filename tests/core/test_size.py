"""Operations on sizes: as numbers, and with unknown sizes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.core import size as sizes
from cnnspec.core.sliding_window import Reach, Taps, Window

numbers = st.integers(1, 50)


def test_an_unknown_size_makes_what_is_computed_from_it_unknown():
    assert [None] * 7 == [
        sizes.product([2, None]),
        sizes.total([2, None]),
        sizes.grow(None, 1),
        sizes.multiply(None, 2),
        sizes.divide(None, 2),
        sizes.scale(None, 0.5),
        sizes.cut(None, 1, None),
    ]


def test_an_unknown_size_is_refused_nowhere():
    assert all(
        [
            sizes.divides(7, None),
            sizes.equal(None, 3),
            sizes.equal(3, None),
            sizes.at_least(None, 9),
            sizes.broadcasts(3, None),
        ]
    )


def test_sizes_broadcast_as_in_torch():
    assert [True, True, True, False] == [sizes.broadcasts(*pair) for pair in ((3, 3), (1, 3), (3, 1), (2, 3))]
    pairs = [(3, 3), (1, 3), (3, 1), (None, 3), (None, 1), (3, None), (1, None)]
    assert [3, 3, 3, 3, None, 3, None] == [sizes.broadcast(*pair) for pair in pairs]


@given(numbers, st.integers(-50, 50), st.none() | st.integers(-50, 50))
def test_a_cut_has_as_many_elements_as_pythons_slice(size, start, stop):
    inside = -size <= start < size and (stop is None or -size <= stop <= size)
    length = len(range(size)[start:stop])
    if inside and length:
        assert length == sizes.cut(size, start, stop)


def test_bounds_that_count_from_one_end_need_no_size():
    assert (3, 2) == (sizes.cut(None, 1, 4), sizes.cut(None, -3, -1))


def test_a_scale_is_a_floor_and_never_infinite():
    assert (7, sizes.LARGEST) == (sizes.scale(5, 1.5), sizes.scale(10**300, 1e300))


@given(numbers, numbers, st.integers(1, 5), st.integers(0, 5), st.integers(1, 3))
def test_a_window_takes_the_positions_that_fit(size, kernel, stride, padding, dilation):
    window = Window(kernel, stride, padding, padding, dilation)
    fitting = range(0, size + 2 * padding - window.extent + 1, stride)
    assert max(window.slide(size), 0) == len(fitting)
    assert str(window.slide(size)) in window.formula(size)


@pytest.mark.parametrize(
    ("window", "formula"),
    [
        (Window(5), "⌊(28 + 2·0 − 1·(5−1) − 1)/1⌋ + 1 = 24"),
        (Window(2, 2, 0, 1), "⌊(28 + 0 + 1 − 1·(2−1) − 1)/2⌋ + 1 = 14"),
        (Window(3, 2, ceil=True), "⌈(28 + 2·0 − 1·(3−1) − 1)/2⌉ + 1 = 14"),
        (Window(1, 28, 0, 0, ceil=True), "⌈(28 + 2·0 − 1·(1−1) − 1)/28⌉ + 1 − 1 = 1"),
    ],
)
def test_a_formula_has_its_numbers(window, formula):
    assert formula == window.formula(28)


def test_a_window_reads_its_extent():
    assert Reach(2, (Taps(-1, 0b10101),)) == Window(3, 2, 1, 1, 2).reach()
    assert Window(3).slide(None) is None


def test_products_and_sums():
    assert (24, 9) == (sizes.product([2, 3, 4]), sizes.total([2, 3, 4]))
    assert (5, 8, 3) == (sizes.grow(3, 2), sizes.multiply(4, 2), sizes.divide(6, 2))
    assert math.prod(()) == sizes.product([])
    assert (False, False, False) == (sizes.divides(4, 6), sizes.equal(2, 3), sizes.at_least(2, 3))
