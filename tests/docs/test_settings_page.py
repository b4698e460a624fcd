"""docs/settings.md: each argument is there with its default, and each example is a spec without a warning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cnnspec.compiler.check import check_text
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.render.declaration import SETTINGS, argument_rows
from cnnspec.settings.datasets import DATA
from cnnspec.settings.train import Train

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
_PARTS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ENTRIES = {
    f"{part}/{name}": (name, text)
    for part, body in _PARTS.items()
    for name, text in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", body, re.MULTILINE | re.DOTALL)
}
"""What stands under each heading of the third level."""
MODELS = {
    **{f"{group.title}/{name}": model for group in SETTINGS for name, model in group.registry.items()},
    **{f"Initialisers/{name}": model for name, model in INITIALISERS.items()},
}
_LAYERS = "[{conv: {out_channels: 4, kernel_size: 3}}, relu, flatten, {linear: 16}, relu, {linear: %s}]"


def _example(text: str) -> str:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block


def _spec(example: str) -> str:
    """The example as a whole spec, with a network for its images."""
    written = yaml.safe_load(example).get("data", {"fake": {"train_images": 2000}})
    ((name, arguments),) = written.items() if isinstance(written, dict) else [(written, {})]
    facts = DATA[name](**arguments).facts((3, 32, 32))
    network = f"input: {list(facts.shape or (3, 32, 32))}\nlayers: {_LAYERS % (facts.classes or 10)}\n"
    data = "" if example.startswith("data:") else f"data: {written}\n"
    return f"cnnspec: 1\n{network}{data}{example}"


def test_everything_that_is_chosen_by_name_has_an_entry():
    assert list(MODELS) == list(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_example_is_right_and_shows_what_the_entry_is_about(entry):
    name, text = ENTRIES[entry]
    example = _example(text)
    assert () == check_text(_spec(example)).diagnostics
    assert re.search(rf"[{{:[ ]{name}\b", example)


def test_the_example_of_a_training_is_right():
    example = _example(_PARTS["train"])
    assert () == check_text(_spec(example)).diagnostics


@pytest.mark.parametrize("entry", [*MODELS, "train"])
def test_every_argument_stands_in_the_table_with_its_default(entry):
    model, text = (MODELS[entry], ENTRIES[entry][1]) if entry in MODELS else (Train, _PARTS["train"])
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*)`|required) \| (.*) \|$", text, re.MULTILINE)
    assert [(row.name, row.default) for row in argument_rows(model)] == [row[:2] for row in rows]
    assert [] == [
        row.name
        for row, (*_, told) in zip(argument_rows(model), rows, strict=True)
        if row.description not in told
    ]


def test_the_argument_that_may_stand_alone_is_marked():
    marked = {
        entry: re.findall(r"^\| `(\w+)` .* May be written alone: `\{(\w+): …\}`\. \|$", text, re.MULTILINE)
        for entry, (_, text) in ENTRIES.items()
    }
    assert {
        entry: [(model.main, entry.split("/")[1])] if model.main else [] for entry, model in MODELS.items()
    } == marked


def test_every_link_leads_to_a_heading():
    seen: dict[str, int] = {}
    anchors = {"language.md#data-and-train"}
    for head in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE):
        anchor = head.lower().replace(" ", "-")
        anchors.add(f"#{anchor}-{seen[anchor]}" if anchor in seen else f"#{anchor}")
        seen[anchor] = seen.get(anchor, 0) + 1
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert [] == [link for link in links if link not in anchors]
    assert len(MODELS) <= len({*links})
