"""What README and CONTRIBUTING show is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import cnnspec
from cnnspec.cli.main import cli, command_names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for name, text in fences if name == language]


@pytest.mark.parametrize("spec", _blocks("yaml"), ids=["first", "second"])
@pytest.mark.parametrize("variant", ["", "@small"])
def test_the_specs_shown_are_fine(spec, variant, tmp_path):
    if variant and "variants" not in spec:
        pytest.skip("it has no variants")
    path = tmp_path / "shown.yaml"
    path.write_text(spec, "utf-8")
    assert () == cnnspec.check(f"{path}{variant}").diagnostics


def test_the_error_shown_is_what_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = _blocks("yaml")[0].replace("linear: 50", "linear: {in_features: 400, out_features: 50}")
    Path("bad.yaml").write_text(spec, "utf-8")
    command, shown = _blocks("")[0].split("\n", 1)
    assert "$ cnnspec validate bad.yaml" == command
    done = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["validate", "bad.yaml"])
    assert shown == done.output


def test_every_command_is_in_the_readme():
    assert [] == [name for name in command_names() if f"`cnnspec {name}" not in README]


def test_every_link_leads_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md"):
        text = (ROOT / name).read_text("utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / name).parent / link).exists(), (name, link)


def test_the_lines_of_a_spec_are_counted_right():
    lines = (ROOT / "specs" / "resnet.yaml").read_text("utf-8").splitlines()
    assert f"is ten networks in {sum(bool(line.strip()) for line in lines)} lines" in " ".join(README.split())
