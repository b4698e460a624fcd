"""Every code is explained once, beside the rule that raises it, and shown by a case."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import cnnspec
from cnnspec.compiler.checks.run import FOLDERS as CHECKS
from cnnspec.compiler.checks.run import check_modules
from cnnspec.compiler.codes import CODES, codes_in
from tests.literate import cases, cases_of, checked

PACKAGE = Path(cnnspec.__file__).parent
FOLDERS = (
    "core",
    "expressions",
    "reader",
    "declare",
    "layers",
    "settings",
    "language",
    "compiler",
    "library",
    "backend",
)
"""Those that raise codes, a room after all that it imports."""
ELSEWHERE = {
    "file-not-found": "library/test_specs.py",
    "not-a-file": "library/test_specs.py",
    "unreadable-file": "library/test_specs.py",
    "unknown-spec": "library/test_specs.py",
    "no-specs": "library/test_folders.py",
    "no-git": "library/test_git.py",
    "no-repository": "library/test_git.py",
    "unknown-revision": "library/test_git.py",
    "differs-from-torch": "backend/test_comparison.py",
    "not-utf8": "reader/test_document.py",
    "too-large": "reader/test_document.py",
}
"""Codes that no text between two fences can have, and the test that has them."""
NO_CODES = {"nearest-exact", "utf-8", "site-packages"}
"""Words with a hyphen in the source that are no codes."""
NO_CODES |= {"cat-file", "for-each-ref", "ls-files", "ls-tree", "rev-parse"}
"""Commands of git."""
WITHOUT_HYPHEN = {"indivisible"}
WITHOUT_HYPHEN = {"gridding", "indivisible"}
CHECK_FILES = [module.__file__ for room in CHECKS for module in check_modules(room)]


@cache
def words(file: Path) -> set[str]:
    """The words in a file's source that are codes, or look like one."""
    tree = ast.parse(file.read_text("utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    like_a_code = {
        text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text)
    }
    return like_a_code - NO_CODES | texts & WITHOUT_HYPHEN


def raised(room: str) -> set[str]:
    files = (PACKAGE / room).rglob("*.py")
    return {word for file in files if str(file) not in CHECK_FILES for word in words(file)}


def explained(room: str) -> set[str]:
    page = PACKAGE / room / "codes.md"
    return {*codes_in(page.read_text("utf-8"))} if page.exists() else set()


def of_check(file: str) -> set[str]:
    return {*codes_in(ast.get_docstring(ast.parse(Path(file).read_text("utf-8"))) or "")}


def completed(example: str) -> str:
    """The example as a case: a spec that shows some of its keys gets the others."""
    keys = set(re.findall(r"^([\w-]+):", example, re.MULTILINE))
    rest = {"cnnspec": "1", "input": "[3, 32, 32]", "layers": "[relu]"}
    if not keys or len(keys & rest.keys()) > 1:
        return example
    return "".join(f"{key}: {value}\n" for key, value in rest.items() if key not in keys) + example


def found_in(example: str) -> dict[str, str]:
    """The codes of an example, and how severe they are; warnings are no matter of an example of another code."""
    text = f"# input: [3, 32, 32]\n{example}" if example.startswith("- ") else completed(example)
    (case,) = cases_of("codes", f"# Title\n\nProse.\n\n```yaml\n{text}\n```\n")
    return {found.code: found.severity for found in checked(case).diagnostics}


def test_every_code_that_is_raised_is_explained():
    assert sorted(CODES) == sorted(
        {
            *(code for room in FOLDERS for code in raised(room)),
            *(c for f in CHECK_FILES for c in words(Path(f))),
        }
    )


def test_every_code_is_explained_once():
    told = [code for room in FOLDERS for code in explained(room)]
    told += [code for file in CHECK_FILES for code in of_check(file)]
    assert sorted(CODES) == sorted(told)


@pytest.mark.parametrize("room", FOLDERS)
def test_a_room_explains_the_codes_that_it_raises_and_no_room_below_it(room):
    below = FOLDERS[: FOLDERS.index(room)]
    checks = {code for file in CHECK_FILES for code in of_check(file)}
    assert explained(room) == raised(room) - {code for other in below for code in raised(other)} - checks


@pytest.mark.parametrize("file", CHECK_FILES, ids=lambda file: Path(file).stem)
def test_a_check_explains_the_codes_that_it_raises_and_no_declaration_does(file):
    below = FOLDERS[: FOLDERS.index("compiler")]
    assert of_check(file) == words(Path(file)) - {code for room in below for code in raised(room)}


def test_every_code_has_a_case() -> None:
    marked = {mark.word for case in cases() for mark in case.marks if mark.sign in {"error", "warning"}}
    assert sorted(CODES) == sorted(marked | ELSEWHERE.keys())


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_code_without_a_case_has_the_test_that_is_named(code: str) -> None:
    assert f'"{code}"' in (Path(__file__).parents[1] / ELSEWHERE[code]).read_text("utf-8")


@pytest.mark.parametrize("code", sorted(CODES.keys() - ELSEWHERE))
def test_a_bad_example_has_its_code_and_no_other_error(code: str) -> None:
    severity = "warning" if CODES[code].title.endswith(" (warning)") else "error"
    found = found_in(CODES[code].bad)
    assert severity == found.pop(code)
    assert "error" not in found.values()


@pytest.mark.parametrize("code", sorted(code for code in CODES if CODES[code].good))
def test_a_good_example_has_neither_its_code_nor_an_error(code: str) -> None:
    found = found_in(CODES[code].good)
    assert code not in found
    assert "error" not in found.values()


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_explanation_is_plain_english(code: str) -> None:
    explained = CODES[code]
    said = (explained.title, explained.why, explained.bad, explained.remedy)
    assert [] == [text for text in said if not text.strip() or len(text) > 400]
    assert "." not in explained.title
    assert [True, True] == [text.endswith(".") for text in (explained.why, explained.remedy)]
