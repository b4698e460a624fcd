"""docs/language.md: its examples are so, it names every word, and its defaults are those declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cnnspec.expressions.functions import FUNCTIONS
from cnnspec.language.spec import ITEM_KEYS, TOP_LEVEL
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.reference import Argument, arguments
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train
from tests.literate import Case, cases_of, found

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
_REST = {"cnnspec": "1", "input": "[3, 16, 16]", "layers": "[relu]"}
CODE = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
"""What stands between backticks in the prose."""
_TABLES = (INITIALISERS, DATA, OPTIMIZERS, SCHEDULES, LOSSES, AUGMENTATIONS, {"train": Train})
_CHOICES = [(name, table) for table in _TABLES for name in table]
"""Pairs, for `constant` is both an initialiser and a schedule."""
_ROWS = re.findall(r"^\| (.+?) \| (.+) \|$", PAGE.split("\n## data and train\n")[1], re.MULTILINE)
_ALL = {"every optimizer": OPTIMIZERS, "every schedule": SCHEDULES}
_BEFORE = {"… both": 2, "… these three": 3}
"""How many of the kinds named before a row tells more of."""


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


def test_every_word_is_on_the_page():
    words = [*TOP_LEVEL, *ITEM_KEYS, *(name for name, _ in _CHOICES), *FUNCTIONS, *Train.model_fields]
    code = " ".join(CODE)
    assert [] == [word for word in words if not re.search(rf"(?<!\w){word}(?!\w)", code)]


@pytest.mark.parametrize(("name", "table"), _CHOICES, ids=[name for name, _ in _CHOICES])
def test_every_argument_stands_beside_its_kind_with_its_default(name, table):
    code = re.findall(r"`([^`]+)`", _told_of(name, table))
    shown = {*code, *(part for text in code for part in re.split(r",\s+", text))}
    wanted = [_with_default(argument) for argument in arguments(table[name])]
    assert [] == [text for text in wanted if text not in shown]


def _told_of(name: str, table: Mapping[str, object]) -> str:
    """The rows that tell of a kind; initialisers have a paragraph."""
    if table is INITIALISERS:
        return PAGE.split("\n## init\n")[1].split("\n## ")[0].split("```")[-1]
    told, before, group = [], [], {}
    for head, text in _ROWS:
        kinds = re.findall(r"`(\w+)`", head)
        if head in _ALL:
            group = kinds = _ALL[head]
        elif head.startswith("… but "):
            kinds = group.keys() - kinds
        elif head.startswith("… "):
            kinds = before[-_BEFORE.get(head, 1) :]
        else:
            before += kinds
        if name in kinds:
            told.append(text)
    return " ".join(told)


def _with_default(argument: Argument) -> str:
    """As the page writes it; one default differs between optimizers, and is told in brackets."""
    if not argument.default:
        return argument.name
    if (argument.name, argument.default) == ("weight_decay", "0.01"):
        return argument.default
    return f"{argument.name}: {argument.default.removesuffix('.0').replace('e-0', 'e-')}"


def test_every_link_leads_somewhere():
    heads = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    anchors = {head.lower().replace(" ", "-") for head in heads}
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    lost = [link for link in links if link[0] == "#" and link[1:] not in anchors]
    files = [link for link in links if link[0] != "#"]
    assert ([], ["layers.md"]) == (lost, files)
