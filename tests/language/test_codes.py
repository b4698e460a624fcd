"""Every code is explained once, used, and shown by a case."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import cnnspec
from cnnspec.core.codes import CODES
from tests.literate import cases, cases_of, found

ROOM = Path(cnnspec.__file__).parent
ELSEWHERE = {
    "file-not-found": "library/test_specs.py",
    "not-a-file": "library/test_specs.py",
    "unreadable-file": "library/test_specs.py",
    "unknown-spec": "library/test_specs.py",
    "not-utf8": "reader/test_document.py",
    "too-large": "reader/test_document.py",
}
"""Codes that no text between two fences can have, and the test that has them."""
NO_CODES = {"nearest-exact", "utf-8"}
"""Words with a hyphen in the source that are no codes."""
WITHOUT_HYPHEN = {"indivisible"}


def words() -> set[str]:
    """The words in the source of what checks that are codes, or look like one."""
    files = [
        file for room in ("core", "layers", "language", "compiler") for file in (ROOM / room).rglob("*.py")
    ]
    trees = [ast.parse(file.read_text("utf-8")) for file in files if file.parent.name != "codes"]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    like_a_code = {
        text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text)
    }
    return like_a_code - NO_CODES | texts & WITHOUT_HYPHEN


def completed(example: str) -> str:
    """The example as a case: a spec that shows some of its keys gets the others."""
    keys = set(re.findall(r"^([\w-]+):", example, re.MULTILINE))
    rest = {"cnnspec": "1", "input": "[3, 32, 32]", "layers": "[relu]"}
    if not keys or len(keys & rest.keys()) > 1:
        return example
    return "".join(f"{key}: {value}\n" for key, value in rest.items() if key not in keys) + example


def codes_of(example: str) -> list[str]:
    text = f"# input: [3, 32, 32]\n{example}" if example.startswith("- ") else completed(example)
    (case,) = cases_of("codes", f"# Title\n\nProse.\n\n```yaml\n{text}\n```\n")
    return [mark.word for mark in found(case)]


def test_every_code_is_explained_and_every_explained_code_is_used() -> None:
    assert sorted(CODES) == sorted(words())


def test_every_code_has_a_case() -> None:
    marked = {mark.word for case in cases() for mark in case.marks if mark.sign in {"error", "warning"}}
    assert sorted(CODES) == sorted(marked | ELSEWHERE.keys())


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_code_without_a_case_has_the_test_that_is_named(code: str) -> None:
    assert f'"{code}"' in (Path(__file__).parents[1] / ELSEWHERE[code]).read_text("utf-8")


@pytest.mark.parametrize("code", sorted(CODES.keys() - ELSEWHERE))
def test_an_example_has_its_code_and_no_other(code: str) -> None:
    assert [code] == codes_of(CODES[code].example)


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_explanation_is_plain_english(code: str) -> None:
    explained = CODES[code]
    assert [] == [text for text in explained if not text.strip() or len(text) > 400]
    assert "." not in explained.title
    assert [True, True] == [text.endswith(".") for text in (explained.why, explained.remedy)]
