"""Specs at git revisions, read from a repository that git itself makes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cnnspec.compiler.check import Result, check_document
from cnnspec.library.git import open_revision

SPEC = "cnnspec: 1\ninput: [{channels}, 8, 8]\nvars: {{w: 3}}\nvariants: {{wide: {{w: 5}}}}\nlayers: [conv: {{out_channels: $w, kernel_size: 1}}]\n"


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def write(path: str, channels: int) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(SPEC.format(channels=channels), "utf-8")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Two commits, a change that is staged and one that is not: the input's channels count them."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    git("init")
    for channels in (1, 2):
        write("specs/net.yaml", channels)
        git("add", ".")
        git("commit", "-m", f"{channels} channels")
    git("tag", "v1")
    write("specs/net.yaml", 3)
    git("add", ".")
    write("specs/net.yaml", 4)
    return tmp_path


def check(label: str) -> Result:
    opened = open_revision(label)
    assert opened is not None
    assert label == opened.label
    return check_document(opened.document, variant=opened.variant)


@pytest.mark.parametrize(
    ("label", "channels"),
    [
        ("HEAD:specs/net.yaml", 2),
        ("HEAD~1:specs/net.yaml", 1),
        ("v1:specs/net.yaml", 2),
        ("main:./specs/net.yaml", 2),
        ("@:specs/net.yaml", 2),
        ("HEAD@{0}:specs/net.yaml", 2),
        ("HEAD^{/1 channels}:specs/net.yaml", 1),
        (":specs/net.yaml", 3),
        (":0:specs/net.yaml", 3),
        ("HEAD:specs/net.yaml@wide", 2),
        ("HEAD@{0}:specs/net.yaml@wide", 2),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("repository")
def test_a_revision_and_a_path_name_a_file(label, channels):
    result = check(label)
    assert result.plan is not None
    assert channels == result.plan.inputs["input"].shape.channels
    assert (5 if label.endswith("@wide") else 3) == result.plan.outputs[0].value.shape.channels


def test_a_path_counts_from_the_top_and_from_here_with_a_dot(repository, monkeypatch):
    monkeypatch.chdir(repository / "specs")
    assert [True, True] == [check(label).ok for label in ("HEAD:specs/net.yaml", "HEAD:./net.yaml")]
    (found,) = check("HEAD:net.yaml").diagnostics
    assert ("file-not-found", "Did you mean HEAD:specs/net.yaml?") == (found.code, found.hint)


@pytest.mark.parametrize(
    ("label", "code", "message", "hint"),
    [
        ("HEAD:specs/nte.yaml", "file-not-found", "there is no specs/nte.yaml in HEAD", "Did you mean HEAD:specs/net.yaml?"),
        ("HEAD:q", "file-not-found", "there is no q in HEAD", "A path is counted from the top"),
        (":specs/nte.yaml", "file-not-found", "in the index", "Did you mean :specs/net.yaml?"),
        ("HEAD:", "not-a-file", "this is no file in HEAD", "Name a spec's file"),
        ("HEAD:specs", "not-a-file", "specs is no file in HEAD", "Name a spec's file"),
        ("HAED:specs/net.yaml", "unknown-revision", "there is no revision HAED, and no file HAED:specs/net.yaml", "Did you mean HEAD?"),
        ("mian:specs/net.yaml", "unknown-revision", "there is no revision mian", "Did you mean main?"),
        ("HEAD~9:specs/net.yaml", "unknown-revision", "there is no revision HEAD~9", "git log"),
        ("0123456:specs/net.yaml", "unknown-revision", "there is no revision 0123456", "git log"),
        ("--help:specs/net.yaml", "unknown-revision", "there is no revision --help", "git log"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("repository")
def test_what_is_not_there_is_told_with_what_is(label, code, message, hint):
    (found,) = check(label).diagnostics
    assert (code, [], []) == (found.code, _without(message, found.message), _without(hint, found.hint))
    assert label == found.place.source.name


def _without(words: str, text: str) -> list[str]:
    return [] if words in text else [text]


def test_a_shallow_clone_asks_for_more_of_its_history(repository, monkeypatch):
    git("clone", "--depth", "1", f"file://{repository}", "clone")
    monkeypatch.chdir(repository / "clone")
    assert check("HEAD:specs/net.yaml").ok
    (found,) = check("HEAD~1:specs/net.yaml").diagnostics
    assert ("unknown-revision", True) == (found.code, "git fetch --unshallow" in found.hint)


def test_a_folder_in_no_repository_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert ["no-repository"] == [found.code for found in check("HEAD:net.yaml").diagnostics]


def test_without_git_that_is_what_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ["no-git"] == [found.code for found in check("HEAD:net.yaml").diagnostics]


@pytest.mark.usefixtures("repository")
def test_a_file_of_no_text_or_too_much_is_told_as_a_file_is():
    Path("large.yaml").write_text("a: " + "x" * 3_000_000, "utf-8")
    Path("binary.yaml").write_bytes(bytes(range(256)))
    git("add", ".")
    codes = [found.code for name in ("large", "binary") for found in check(f":{name}.yaml").diagnostics]
    assert ["too-large", "not-utf8"] == codes


@pytest.mark.parametrize(
    "label", ["mnist", "specs/net.yaml", "./net.yaml", "C:\\net.yaml", "c:/net.yaml", ":/fix", ""]
)
def test_what_has_another_form_is_no_revision(label):
    assert open_revision(label) is None


@pytest.mark.usefixtures("repository")
def test_a_file_that_is_there_comes_before_a_revision():
    Path("HEAD:net.yaml").write_text(SPEC.format(channels=1), "utf-8")
    assert open_revision("HEAD:net.yaml") is None
    assert open_revision("HEAD:net.yaml@wide") is None


@pytest.mark.usefixtures("repository")
def test_a_name_that_no_system_takes_may_be_a_revision():
    name = "HEAD:" + "a" * 5_000
    assert ["file-not-found"] == [found.code for found in check(name).diagnostics]
