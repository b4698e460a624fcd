"""Curves in characters."""

from __future__ import annotations

from cnnspec.render.plot import plot


def test_a_curve_is_drawn_between_its_extremes():
    text = plot([1, 10, 100], [3.0, 1.0, 2.0], width=30, height=4, mark=10)
    lines = text.splitlines()
    assert lines[0].strip().startswith("3 │")
    assert lines[3].strip().startswith("1 │")
    assert lines[5].index("▲") == 11 + 9
    assert lines[6].split() == ["1.0e+00", "1.0e+02"]
    assert "⠁" in plot([1.0], [2.0], width=20, height=2, mark=1.0)
