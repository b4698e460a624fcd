"""Concepts: each has a page in plain words, whose examples are right and whose links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.render.concepts import CONCEPTS, Example, read_concept
from cnnspec.render.explain import all_words, explain
from cnnspec.render.reference_pages import place_of
from cnnspec.render.worked_example import is_worked
from tests.literate import cases_of, checked

DOCS = Path(__file__).parents[2] / "docs"
ASKED_FOR = [
    "pooling",
    "channels",
    "receptive-field",
    "macs",
    "overfitting",
    "accuracy",
    "vanishing-gradient",
    "batch-size",
    "learning-rate",
    "initialisation",
    "residual",
    "padding",
    "stride",
    "dilation",
    "groups",
    "batch-norm",
    "dropout",
    "softmax",
    "cross-entropy",
    "epoch",
    "augmentation",
    "fine-tuning",
    "flatten",
    "logits",
    "momentum",
    "weight-decay",
]
_REST = {"cnnspec": "1", "input": "[1, 8, 8]", "layers": "[relu, flatten, linear: 10]", "data": "digits"}
EXAMPLES = [
    (name, part.text)
    for name, concept in CONCEPTS.items()
    for part in concept.body
    if isinstance(part, Example)
]


def _completed(example: str) -> str:
    """A list of items as it stands; top-level keys with those that every spec needs."""
    if is_worked(example):
        return example
    keys = set(re.findall(r"^([\w-]+):", example, re.MULTILINE))
    return "".join(f"{key}: {value}\n" for key, value in _REST.items() if key not in keys) + example


def _anchors(page: str) -> set[str]:
    text = page if page.startswith("#") else (DOCS / page).read_text("utf-8")
    return {head.lower().replace(" ", "-") for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def test_what_a_learner_asks_for_has_a_page():
    assert [] == [name for name in ASKED_FOR if name not in CONCEPTS]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_has_no_error(name, example):
    (case,) = cases_of(name, f"# Title\n\n```yaml\n{_completed(example)}\n```\n")
    assert [] == [found.message for found in checked(case).diagnostics if found.severity == "error"]


@pytest.mark.parametrize("name", CONCEPTS)
def test_all_that_a_page_refers_to_can_be_explained_and_is_on_a_page(name):
    see = CONCEPTS[name].see
    assert see
    assert [] == [word for word in see if word not in all_words() and word not in CONCEPTS]
    for word in see:
        page, _, anchor = place_of(word).partition("#")
        assert not anchor or anchor in _anchors(page or "concepts.md"), word


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_page_is_plain_and_short(name):
    concept = CONCEPTS[name]
    prose = [part for part in concept.body if isinstance(part, str)]
    assert concept.summary.endswith(".")
    assert [] == [text for text in prose if not text.endswith((".", ":")) or "!" in text or len(text) > 700]
    assert 40 <= sum(len(text.split()) for text in prose) <= 250
    assert concept.title not in concept.names


def test_no_two_concepts_have_a_name_in_common():
    names = [text.lower() for concept in CONCEPTS.values() for text in (concept.title, *concept.names)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("columns", ["40", "80"])
@pytest.mark.parametrize("name", CONCEPTS)
def test_a_page_fits_the_terminal(name, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    told = explain(name)
    assert told.startswith(f"{name}: ")
    examples = {line.strip() for _, text in EXAMPLES if not is_worked(text) for line in text.split("\n")}
    assert [] == [
        line for line in told.split("\n") if len(line) > int(columns) and line.strip() not in examples
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["receptive field"],
        ["receptive", "field"],
        ["Receptive_Field"],
        ["RECEPTIVE-FIELD"],
        ["field of view"],
    ],
)
def test_a_concept_is_found_however_it_is_written(words, run):
    code, out, _ = run("explain", *words)
    assert 0 == code
    assert "\nreceptive-field: " in f"\n{out}"


def test_the_concept_comes_before_what_is_declared_under_its_name():
    told = explain("padding")
    assert told.startswith("padding: Elements")
    assert told.index("See also: conv") < told.index("padding: an argument of conv, depthwise")
    assert explain("dropout").index("dropout: Setting") < explain("dropout").index("dropout: Sets each value")


def test_an_example_that_is_worked_carries_the_numbers_of_the_compiler():
    assert "parameters: 16·3·3·3 (weight) + 16 (bias) = 448" in explain("convolution")


def test_a_kind_refers_to_the_concepts_that_refer_to_it():
    last = " ".join(explain("maxpool").split("\n\n")[-1].split())
    assert last.startswith("See also: ")
    assert {"pooling", "receptive-field", "stride"} <= set(re.split(r"[ ,.]+", last))


def test_a_page_is_read_by_its_parts():
    page = "# Title\n\nWhat it is.\n\nAlso called: one, two.\n\nProse\nover lines.\n\n```yaml\n# input: [3]\n\n- relu\n```\n\n"
    concept = read_concept(f"{page}See: relu.\n")
    assert ("Title", "What it is.", ("one", "two"), "", ("relu",)) == (
        concept.title, concept.summary, concept.names, concept.source, concept.see,
    )  # fmt: skip
    assert ("Prose over lines.", Example("# input: [3]\n\n- relu")) == concept.body


def test_a_word_that_no_page_tells_of_has_no_place():
    with pytest.raises(KeyError):
        place_of("zzz")
