"""docs/language.md: its examples are so, it names every word of the language, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.sections import ITEM_KEYS, TOP_LEVEL
from tests.literate import Case, cases_of, found

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "language.md").read_text("utf-8")
_REST = {"cnnspec": "1", "input": "[3, 16, 16]", "layers": "[relu]"}
CODE = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
"""What stands between backticks in the prose."""


def _completed(case: Case) -> Case:
    """The case with the keys at its end that every spec needs and the example leaves out."""
    keys = set(re.findall(r"^([\w-]+):", case.spec, re.MULTILINE))
    rest = "".join(f"{key}: {value}\n" for key, value in _REST.items() if key not in keys)
    return case._replace(spec=case.spec + rest)


CASES = [_completed(case) for case in cases_of("language.md", PAGE)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}:{case.first}")
def test_an_example_is_as_it_is_marked(case):
    assert list(case.marks) == found(case)


def test_every_section_with_rules_has_an_example():
    sections = PAGE.split("\n## ")[1:]
    without = [text.split("\n")[0] for text in sections if "```yaml" not in text]
    assert ["Variants and settings", "YAML and limits"] == without


def test_every_word_of_the_language_is_on_the_page():
    words = [*TOP_LEVEL, *ITEM_KEYS, *FUNCTIONS]
    code = " ".join(CODE)
    assert [] == [word for word in words if not re.search(rf"(?<!\w){word}(?!\w)", code)]


def _anchors(page: str) -> set[str]:
    return {head.lower().replace(" ", "-") for head in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}


def test_every_link_leads_somewhere():
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", PAGE)]
    pages = {
        name: _anchors((DOCS / name).read_text("utf-8")) if name else _anchors(PAGE) for name, *_ in links
    }
    assert {"", "layers.md", "settings.md", "concepts.md"} == pages.keys()
    assert [] == [f"{name}#{anchor}" for name, _, anchor in links if anchor and anchor not in pages[name]]
