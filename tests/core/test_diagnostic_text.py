"""A diagnostic as lines of text, on terminals of any width."""

from __future__ import annotations

import pytest

from cnnspec.core.diagnostic import Diagnostic, Place, Related, Source
from cnnspec.core.diagnostic_text import diagnostic_text
from cnnspec.core.terminal import escape, is_terminal, printable, text_width


def lines(text: str, place: tuple[int, int, int, int], **parts: object) -> list[str]:
    at = Place(Source("a.yaml", text), *place)
    related = (Related(Place(at.source, 1, 1, 1, 2), "the first"),) if parts.pop("related", False) else ()
    return diagnostic_text(Diagnostic("some-code", "it is wrong", at, related=related, **parts)).split("\n")


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")


def test_a_diagnostic_has_its_place_its_line_a_caret_and_a_hint():
    assert [
        "a.yaml:2:4: error[some-code] it is wrong",
        "   2 | b: 22",
        "     |    ^^",
        "   a.yaml:1:1: the first",
        "   Write 1.",
    ] == lines("a: 1\nb: 22", (2, 4, 2, 6), hint="Write 1.", related=True)


def test_a_stretch_of_several_lines_is_marked_to_the_end_of_its_first():
    assert ["   1 | a: [1,", "     |    ^^^"] == lines("a: [1,\n  2]", (1, 4, 2, 5))[1:]


def test_an_empty_line_is_not_quoted():
    assert ["a.yaml:2:1: warning[some-code] it is wrong"] == lines("a\n\nb", (2, 1, 2, 1), severity="warning")


def test_wide_characters_take_two_columns_and_marks_none():
    assert (3, 4, 1) == (text_width("abc"), text_width("層層"), text_width("e\u0301"))


@pytest.mark.parametrize("column", [1, 50, 100])
def test_of_a_long_line_the_part_around_the_place_is_quoted(column):
    text = "".join(str(n % 10) for n in range(1, 101))
    quoted, carets = lines(text, (1, column, 1, column + 1))[1:]
    assert len(quoted) <= 40
    assert str(column % 10) == quoted[carets.index("^")]
    assert (column > 1) == (quoted[7] == "…")


def test_what_could_move_a_cursor_is_not_printed():
    assert ("a·b", "a\\x1bb", "ab", "ab") == (
        printable("a\x1bb"),
        escape("a\x1bb"),
        printable("ab"),
        escape("ab"),
    )


def test_columns_say_that_lines_go_to_a_terminal(monkeypatch):
    assert is_terminal()
    monkeypatch.delenv("COLUMNS")
    assert not is_terminal()
