"""docs/architecture.md names the rooms, modules and functions that are there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import cnnspec

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text("utf-8")
FOLDERS = sorted(
    folder.name for folder in Path(cnnspec.__file__).parent.iterdir() if (folder / "__init__.py").is_file()
)
NAMES = sorted({name for name in re.findall(r"`(\w+(?:\.\w+)+)`", PAGE) if name.split(".")[0] in FOLDERS})


def test_every_room_has_its_line_and_there_are_no_others():
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == FOLDERS


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_is_there(name: str):
    found, parts = cnnspec, name.split(".")
    for count, part in enumerate(parts, 1):
        if not hasattr(found, part):
            import_module(".".join(["cnnspec", *parts[:count]]))
        found = getattr(found, part)


def test_the_ways_name_enough_to_be_followed():
    assert len(NAMES) > 30
