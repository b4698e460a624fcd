"""Names that `from` may take, and those that torch keeps for itself."""

from __future__ import annotations

from cnnspec.compiler.check import check_text


def test_an_item_that_takes_its_own_output_is_told_so():
    (found,) = check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - {relu, name: a, from: a}\n").diagnostics
    assert "its own output" in found.hint


def test_a_name_inside_another_item_on_the_same_line_is_told_as_such():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [{layers: [{relu, name: x}], name: g}, {relu, from: x}]\n"
    (found,) = check_text(text).diagnostics
    assert "inside another item" in found.hint
