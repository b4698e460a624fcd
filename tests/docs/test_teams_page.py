"""docs/teams.md, the pre-commit hook and the GitHub Action: their commands do what is said of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cnnspec.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "teams.md").read_text("utf-8")
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("name", step.get("id")): step for step in ACTION["runs"]["steps"]}

SPEC = """\
cnnspec: 1
input: [1, 8, 8]
vars: {w: 3}
variants: {small: {w: 2}}
layers: [conv: {out_channels: $w, kernel_size: 3}]
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]
YAML = [yaml.safe_load(block) for block in blocks("yaml")]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """The repository of the page: a spec that the last commit changed, and files that are no specs."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for folder in ("specs", "experiments", "docs", "mnist"):
        Path(folder).mkdir()
    Path("docs/site.yml").write_text("title: a site\n", "utf-8")
    Path("README.md").write_text("# Specs\n", "utf-8")
    for path in ("specs/net.yaml", "specs/other.yaml", "experiments/one.yaml", "net.yaml", "mnist/own.yaml"):
        Path(path).write_text(SPEC, "utf-8")
    git("init")
    git("add", ".")
    git("commit", "-m", "Specs")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    Path("specs/net.yaml").write_text(SPEC.replace("w: 3", "w: 4"), "utf-8")
    git("commit", "-a", "-m", "A wider one")
    return tmp_path


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def shell(script: str, folder: Path, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub runs those of `shell: bash`."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
    )


@pytest.fixture
def on_path(tmp_path_factory):
    """A folder for the PATH in which `cnnspec` is this checkout's."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "cnnspec"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m cnnspec "$@"\n', "utf-8")
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


class TestPage:
    @pytest.mark.parametrize("command", [c for c in COMMANDS if "--against" not in c])
    def test_a_command_does_what_is_said_of_it(self, repository, on_path, command):
        done = shell(command, repository, PATH=on_path)
        different = "resnet34" in command or "HEAD~1" in command
        assert ("", int(different)) == (done.stderr, done.returncode)

    def test_every_command_of_the_page_in_the_prose_is_one(self):
        told = {option for line in COMMANDS for option in re.findall(r"--[\w-]+", line)}
        told |= set(re.findall(r"`cnnspec \w+[^`]*?(--[\w-]+)", PAGE))
        known = {
            option
            for name in ("validate", "diff")
            for parameter in cli.get_command(None, name).params
            for option in parameter.opts
        }
        assert told <= known

    @pytest.mark.usefixtures("repository")
    def test_a_folder_and_a_network_of_one_name_are_told_apart(self):
        out = CliRunner().invoke(cli, ["validate", "mnist/"]).output
        assert out.startswith("mnist/own.yaml: ok")
        assert CliRunner().invoke(cli, ["validate", "mnist"]).output.startswith("mnist: ok")

    def test_what_a_pull_request_prints_is_kept(self, repository, on_path):
        (command,) = [line for line in COMMANDS if "origin/main" in line]
        done = shell(command, repository, PATH=on_path)
        assert (0, "") == (done.returncode, done.stdout)
        assert "out_channels: 3 → 4" in Path("summary.md").read_text("utf-8")

    @pytest.mark.usefixtures("repository")
    def test_the_keys_of_json_are_those_on_the_page(self):
        out = CliRunner().invoke(cli, ["diff", "resnet18", "resnet50", "--format", "json"]).output
        data = json.loads(out)
        for keys in (data, data["before"], data["layers"][0], data["layers"][0]["before"], data["weights"]):
            assert [] == [key for key in keys if f"`{key}`" not in PAGE]
        rows = re.findall(
            r"^\| `(\w+)`(?:, `(\w+)`)? \|", PAGE.split("--format json` gives")[1], re.MULTILINE
        )
        assert list(data) == [key for row in rows for key in row if key]

    def test_the_inputs_of_the_action_are_those_on_the_page(self):
        table = PAGE.split("| input | |")[1].split("\n\n")[0]
        assert list(ACTION["inputs"]) == re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)

    def test_what_is_configured_names_what_is_there(self):
        hooks, workflow, gitlab = YAML
        assert [HOOK["id"]] == [hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]]
        (job,) = workflow["jobs"].values()
        used = next(step for step in job["steps"] if "/cnnspec@" in step["uses"])
        assert used["with"].keys() <= ACTION["inputs"].keys()
        assert "cnnspec validate ." == gitlab["specs"]["script"][-1]
        assert gitlab["specs"]["script"][-1] in COMMANDS


class TestHook:
    """What pre-commit does with a hook: it runs the entry with the files of a commit that `files` matches."""

    def test_it_runs_on_yaml_files_in_an_environment_of_python(self):
        matches = [
            bool(re.search(HOOK["files"], name)) for name in ("a.yaml", "b/c.yml", "a.yaml.txt", "yaml")
        ]
        assert ["python", [True, True, False, False]] == [HOOK["language"], matches]

    @pytest.mark.usefixtures("repository")
    def test_its_entry_is_a_command_with_options_that_are_there(self):
        program, name, *options = HOOK["entry"].split()
        assert ("cnnspec", {"--only-specs"}) == (program, set(options))
        result = CliRunner().invoke(cli, [name, *options, "docs/site.yml", "specs/net.yaml", "net.yaml"])
        assert (0, 4) == (result.exit_code, result.output.count(": ok, "))

    @pytest.mark.parametrize(
        ("files", "code"), [("docs/site.yml", 0), ("docs/site.yml bad.yaml", 1), ("specs/net.yaml", 0)]
    )
    def test_the_entry_exits_as_pre_commit_expects(self, repository, on_path, files, code):
        Path("bad.yaml").write_text(SPEC.replace("conv:", "cnov:"), "utf-8")
        assert code == shell(f"{HOOK['entry']} {files}", repository, PATH=on_path).returncode

    def test_what_it_installs_has_no_torch(self):
        import tomllib  # noqa: PLC0415 -- for this alone

        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        assert HOOK["entry"].split()[0] in project["scripts"]
        assert not any("torch" in requirement for requirement in project["dependencies"])


class TestAction:
    """The scripts of the action's steps, with the environment that GitHub gives them."""

    @pytest.fixture
    def environment(self, tmp_path_factory):
        """Where the step before has left the package: this checkout stands in for it."""
        temp = tmp_path_factory.mktemp("runner")
        (temp / "cnnspec").symlink_to(ROOT)
        return {"PYTHON": sys.executable, "RUNNER_TEMP": temp, "PATHS": ".", "ARGUMENTS": "", "SARIF": ""}

    def validate(self, folder: Path, environment: dict[str, object], **other: str):
        return shell(STEPS["Validate"]["run"], folder, **{**environment, **other})

    def test_every_step_has_a_shell_or_an_action_and_no_input_in_its_script(self):
        assert "composite" == ACTION["runs"]["using"]
        for step in ACTION["runs"]["steps"]:
            assert ("uses" in step) is not ("run" in step and step["shell"] == "bash")
            assert "${{" not in step.get("run", "")

    def test_every_input_is_used_and_has_a_description_and_a_default(self):
        text = (ROOT / "action.yml").read_text("utf-8")
        used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text))
        assert used == set(ACTION["inputs"])
        assert all({"description", "default"} == given.keys() for given in ACTION["inputs"].values())

    @pytest.mark.parametrize(("version", "requirement"), [("", "/the action"), ("0.1.0", "cnnspec==0.1.0")])
    def test_it_installs_the_package_without_extras(self, tmp_path, version, requirement):
        python = tmp_path / "python"
        python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
        python.chmod(0o755)
        given = {"PYTHON": python, "RUNNER_TEMP": "/a temp", "ACTION": "/the action", "VERSION": version}
        done = shell(STEPS["Install cnnspec"]["run"], tmp_path, **given)
        assert 0 == done.returncode
        module, pip, install, *options, target, last = done.stdout.splitlines()
        assert ("-m pip install", "/a temp/cnnspec", requirement) == (
            f"{module} {pip} {install}",
            target,
            last,
        )
        assert "--target" == options[-1]

    def test_right_specs_pass_and_print_nothing(self, repository, environment):
        done = self.validate(repository, environment)
        assert (0, "", "") == (done.returncode, done.stdout, done.stderr)

    def test_a_mistake_fails_with_its_annotation(self, repository, environment):
        Path("specs/bad one.yaml").write_text(SPEC.replace("conv:", "cnov:"), "utf-8")
        for paths in (".", "specs", "net.yaml\nspecs/bad one.yaml\n"):
            done = self.validate(repository, environment, PATHS=paths)
            assert (1, "") == (done.returncode, done.stderr)
            assert done.stdout.startswith("::error file=specs/bad one.yaml,line=5,")

    def test_arguments_are_a_line_each(self, repository, environment):
        done = self.validate(repository, environment, PATHS="net.yaml", ARGUMENTS="--set\ninput=[1, 2, 2]\n")
        assert (1, True) == (done.returncode, "kernel-too-large" in done.stdout)

    @pytest.mark.parametrize(("kind", "code", "results"), [("conv", 0, 0), ("cnov", 1, 1)])
    def test_findings_are_written_as_sarif_too(self, repository, environment, kind, code, results):
        Path("net.yaml").write_text(SPEC.replace("conv:", f"{kind}:"), "utf-8")
        done = self.validate(repository, environment, SARIF="found.sarif")
        (run,) = json.loads(Path("found.sarif").read_text("utf-8"))["runs"]
        assert (code, results) == (done.returncode, len(run["results"]))

    def test_wrong_usage_is_no_finding(self, repository, environment):
        done = self.validate(repository, environment, ARGUMENTS="--nope", SARIF="found.sarif")
        assert (False, True) == (done.returncode == 0, "No such option" in done.stderr)

    def test_files_of_the_checked_repository_are_not_imported(self, repository, environment):
        Path("yaml.py").write_text("raise SystemExit('imported')\n", "utf-8")
        Path("cnnspec").mkdir()
        Path("cnnspec/__init__.py").write_text("raise SystemExit('imported')\n", "utf-8")
        assert 0 == self.validate(repository, environment).returncode
