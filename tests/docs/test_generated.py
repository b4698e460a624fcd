"""Generated files say what the declarations say, and judge the shipped specs as the checker does."""

from __future__ import annotations

import json

import jsonschema
import pytest

from cnnspec.core.diagnostic import Source
from cnnspec.library.specs import shipped_specs
from cnnspec.reader.document import read
from tests.generated import GENERATED, ROOT


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_files_are_fresh(path):
    assert GENERATED[path]() == path.read_text("utf-8"), "run `make docs`"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads((ROOT / "schemas" / "cnnspec.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("path", shipped_specs().values(), ids=lambda path: path.stem)
def test_every_shipped_spec_satisfies_the_schema_and_names_it(path, validator):
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schemas/cnnspec.schema.json\n")
    assert [
        error.message for error in validator.iter_errors(read(Source(path.name, text)).root.plain())
    ] == []


@pytest.mark.parametrize(
    "damaged",
    [
        {"layer": []},
        {"train": {"epochs": 0}},
        {"train": {"optimizer": {"sgd": {"learning_rate": 1}}}},
        {"data": "minst"},
        {"layers": [{"conv": {"out_channels": 0, "kernel_size": 3}}]},
        {"layers": [{"conv": {"out_channels": 8, "kernel_size": 3, "filters": 8}}]},
        {"layers": [{"maxpool": "two"}]},
        {"layers": [{"add": [[]]}]},
    ],
)
def test_the_schema_refuses_what_the_checker_refuses(damaged, validator):
    spec = {"cnnspec": 1, "input": [1, 8, 8], "layers": ["relu"], **damaged}
    assert not validator.is_valid(spec)


@pytest.mark.parametrize(
    "item",
    [
        {"conv": {"out_channels": "$width * 2", "kernel_size": [3, "$k"], "bias": "$bias"}},
        {"relu": None, "name": "act"},
        {"$act": None},
        {"my_block": {"channels": 3}},
        {"add": [["relu"], [], "stem"]},
        {"concat": {"of": [[], "skip"], "axis": 1}},
        {"linear": "$classes"},
    ],
)
def test_the_schema_allows_expressions_blocks_and_merges(item, validator):
    spec = {"cnnspec": 1, "input": [1, "$size", 8], "layers": [item]}
    assert [error.message for error in validator.iter_errors(spec)] == []
