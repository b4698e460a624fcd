"""The language, case by case: the files in `cases/` are its documentation, and hold."""

from __future__ import annotations

import pytest

from tests.literate import Case, cases, cases_of, found

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}:{case.first}")
def test_a_case_is_as_it_is_marked(case: Case) -> None:
    assert list(case.marks) == found(case)


@pytest.mark.parametrize(
    "block",
    [
        "# input: [3, 8, 8]\n- relu  # -> 3×8×9",
        "# input: [3, 8, 8]\n- relu\n# -> 3×8×8",
        "# input: [3, 8, 8]\n- relu  # error: unknown-kind",
        "# input: [3, 8, 8]\n- rely",
        "# input: [3, 8, 8]\n- rely  # warning: unknown-kind",
        "# input: [3, 8, 8]\n- rely  # error: no-kind",
        '# input: [3, 8, 8]\n- rely  # error: unknown-kind "softmax"',
        "# input: [3, 8, 8]\n- rely  # error: unknown-kind # error: unknown-kind",
        "# input: [3, 8]\n- conv\n- relu  # error: missing-argument",
    ],
)
def test_a_wrong_mark_is_found_out(block: str) -> None:
    (case,) = cases_of("wrong.md", f"prose\n\n```yaml\n{block}\n```\n")
    assert list(case.marks) != found(case)


def test_lines_are_those_of_the_file() -> None:
    text = '# Title\n\nProse.\n\n```yaml\n# input: [3, 8, 8]\n- relu  # -> 3×8×8\n- rely  # error: unknown-kind "relu"\n```\n'
    (case,) = cases_of("a.md", text)
    assert [(7, "->", "3×8×8", ""), (8, "error", "unknown-kind", "relu")] == found(case)


def test_what_is_said_of_the_whole_file_belongs_to_its_first_line() -> None:
    (case,) = cases_of("a.md", "# Title\n\n```yaml\njust text  # error: not-a-mapping\n```\n")
    assert list(case.marks) == found(case)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("# Title\n\n{unversioned}\n", []),
        ("# Title\n\nHere `missing-version` counts.\n\n{unversioned}\n", ["missing-version"]),
        ("# Title\n\n{unversioned}\n\nSo does `missing-version` behind.\n", ["missing-version"]),
        ("# Title `missing-version`\n\n## Other\n\n{unversioned}\n", []),
        ("# Title\n\n{unversioned}\n\n## Other `missing-version`\n", []),
    ],
)
def test_a_warning_counts_where_its_code_is_named_under_the_heading(text: str, seen: list[str]) -> None:
    block = "```yaml\ninput: [3, 8, 8]\n# a comment is no heading\nlayers: [relu]\n```"
    (case,) = cases_of("a.md", text.format(unversioned=block))
    assert seen == [mark.word for mark in found(case)]
