"""`cnnspec validate` on folders, and on files that may be no specs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, text in {
        "specs/a.yaml": SPEC,
        "specs/deep/b.yml": SPEC.replace("relu", "relux"),
        "specs/c.yaml": SPEC + "variants: {one: {}}\n",
        "ci.yaml": "jobs: [\n",
        "empty/readme.md": "",
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, "utf-8")
    return tmp_path


def test_all_specs_of_a_folder_are_checked(run):
    code, out, err = run("validate", "specs")
    assert (1, "") == (code, err)
    assert "1 error" == out.splitlines()[-1]
    heads = [line.split(":")[0] for line in out.splitlines() if ": ok, " in line or "error[" in line]
    assert ["specs/a.yaml", "specs/c.yaml", "specs/c.yaml@one", "specs/deep/b.yml"] == heads


def test_folders_files_and_names_go_together(run):
    code, out, _ = run("validate", "specs/a.yaml", "mnist", "specs/deep")
    assert 1 == code
    assert ["specs/a.yaml", "mnist"] == [line.split(":")[0] for line in out.splitlines() if ": ok, " in line]


def test_other_yaml_in_a_folder_is_left_alone(run):
    Path("specs/deep/b.yml").unlink()
    assert (0, "") == run("validate", ".")[::2]


def test_a_folder_without_specs_is_an_error(run):
    code, out, _ = run("validate", "empty")
    assert (1, True) == (
        code,
        out.startswith("empty:1:1: error[no-specs] there is no YAML file in this folder\n"),
    )
    assert (0, "", "") == run("validate", "--only-specs", "empty")


def test_only_specs_says_nothing_of_other_files(run):
    assert 1 == run("validate", "ci.yaml")[0]
    assert (0, "", "") == run("validate", "--only-specs", "ci.yaml", "empty/readme.md")
    code, out, _ = run("validate", "--only-specs", "ci.yaml", "specs/a.yaml", "specs/deep/b.yml")
    assert (1, "specs/a.yaml: ok, 1×8×8 → 1×8×8, 0 parameters, 0 MACs") == (code, out.splitlines()[0])


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_every_format_tells_of_a_folder(run, form):
    code, out, _ = run("validate", "specs", "empty", "--format", form)
    assert (1, 1, True) == (code, out.count("unknown-kind") if form == "github" else 1, "no-specs" in out)
    if form == "json":
        files = json.loads(out)["files"]
        assert ["specs/a.yaml", "specs/c.yaml", "specs/c.yaml@one", "specs/deep/b.yml", "empty"] == [
            file["path"] for file in files
        ]
    if form == "sarif":
        (log,) = json.loads(out)["runs"]
        assert ["unknown-kind", "no-specs"] == [result["ruleId"] for result in log["results"]]


def test_sarif_without_findings_exits_with_0(run):
    code, out, _ = run("validate", "specs/a.yaml", "--format", "sarif")
    assert (0, []) == (code, json.loads(out)["runs"][0]["results"])


def test_the_repository_itself_is_checked_as_a_folder(run, monkeypatch):
    monkeypatch.chdir(ROOT)
    code, out, _ = run("validate", "specs")
    assert (0, True) == (code, "specs/mnist.yaml: ok" in out)


def test_without_torch_there_is_nothing_to_compare_with(run, monkeypatch):
    monkeypatch.setattr("cnnspec.cli.training.find_spec", lambda _name: None)
    code, out, err = run("validate", "specs/a.yaml", "--against", "torch")
    assert (2, "", "Error: --against torch needs torch: pip install 'cnnspec[train]'\n") == (code, out, err)


def test_against_anything_else_is_wrong_usage(run):
    assert 2 == run("validate", "specs/a.yaml", "--against", "keras")[0]
