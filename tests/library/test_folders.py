"""Which files are specs, and which of them a folder holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.library.folders import may_be_spec, open_specs

SPEC = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str = SPEC) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def labels(*names: str, only_specs: bool = False) -> list[str]:
    return [opened.label for opened in open_specs(names, only_specs=only_specs)]


def codes(*names: str, only_specs: bool = False) -> list[str]:
    opened = open_specs(names, only_specs=only_specs)
    return [found.code for spec in opened for found in spec.document.diagnostics]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (SPEC, True),
        ("# a net\n\ncnnspec: 1\n", True),
        ("name: a\rcnnspec: 1\r", True),
        ("name: a\r\ncnnspec: 1\r\n", True),
        ("\ufeffcnnspec: 1\n", True),
        ("cnnspec:\n", True),
        ("cnnspec: 1\nlayers: [", True),
        ("", False),
        ("# cnnspec: 1\n", False),
        ("tool:\n  cnnspec: 1\n", False),
        ("cnnspec_version: 1\n", False),
        ("- cnnspec: 1\n", False),
    ],
)
def test_a_spec_has_a_line_that_begins_with_the_version(folder, text, is_one):
    write("a.yaml", text)
    assert is_one == may_be_spec(folder / "a.yaml")


def test_a_folder_gives_its_specs_in_order_and_leaves_other_yaml_alone(folder):
    for path in ("b/z.yml", "b/a.yaml", "c.yaml", "a/b/c/d.yaml"):
        write(path)
    for path in ("b/other.yaml", "docker-compose.yml"):
        write(path, "services: {}\n")
    write("b/readme.md")
    expected = ["c.yaml", "a/b/c/d.yaml", "b/a.yaml", "b/z.yml"]
    assert expected == labels(".")
    assert ["b/a.yaml", "b/z.yml"] == labels("b") == labels("b/")
    assert [f"{folder}/{path}" for path in expected] == labels(str(folder))


def test_what_others_wrote_is_left_out():
    write("a.yaml")
    for path in (".git/a.yaml", ".venv/a.yaml", "node_modules/x/a.yaml", "lib/site-packages/a.yaml"):
        write(path)
    write("env/lib/a.yaml")
    write("env/pyvenv.cfg", "home = /usr/bin\n")
    assert ["a.yaml"] == labels(".")
    assert [".git/a.yaml"] == labels(".git")
    assert ["env/lib/a.yaml"] == labels("env")


def test_links_to_folders_are_not_followed_and_links_to_files_are():
    write("a/net.yaml")
    Path("a/circle").symlink_to("..")
    Path("a/link.yaml").symlink_to("net.yaml")
    Path("a/nowhere.yaml").symlink_to("gone.yaml")
    Path("a/self.yaml").symlink_to("self.yaml")
    assert ["a/link.yaml", "a/net.yaml"] == labels(".")


def test_what_is_no_file_is_left_out():
    write("folder.yaml/net.yaml")
    os.mkfifo("pipe.yaml")
    assert ["folder.yaml/net.yaml"] == labels(".")


def test_many_specs_are_found():
    for number in range(300):
        write(f"{number % 7}/{number:03}.yaml")
    assert 300 == len(labels("."))


def test_a_folder_without_a_spec_is_an_error_but_not_for_only_specs():
    Path("empty").mkdir()
    write("other/a.yaml", "a: 1\n")
    write("other/b.yml", "b: 1\n")
    (none,) = open_specs(["empty"])
    (others,) = open_specs(["other"])
    assert ["no-specs"] == codes("empty")
    assert "there is no YAML file in this folder" == none.document.diagnostics[0].message
    assert "there is no spec among 2 YAML files in this folder" == others.document.diagnostics[0].message
    assert [] == labels("empty", "other", only_specs=True)


def test_a_spec_with_other_mistakes_is_one():
    write("a.yaml", "cnnspec: 1\nlayers: [")
    assert ["yaml-syntax"] == codes(".")
    assert ["yaml-syntax"] == codes("a.yaml", only_specs=True)


def test_a_file_that_cannot_be_read_is_told(monkeypatch):
    write("a.yaml")

    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert ["unreadable-file"] == codes(".")
    assert ["unreadable-file"] == codes("a.yaml", only_specs=True)


def test_a_folder_that_cannot_be_read_is_told(monkeypatch):
    write("a.yaml")
    write("b/c.yaml")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [["./b", "a.yaml"], ["unreadable-file"]] == [labels("."), codes(".")]
    assert ["unreadable-file"] == codes("b", only_specs=True)


def test_only_specs_passes_over_files_that_are_none():
    write("net.yaml")
    write("ci.yml", "jobs: {}\n")
    write("CITATION", "cff-version: 1\n")
    write("mnist", "a: 1\n")
    write("a@b.yaml", "a: 1\n")
    write("plain")
    assert ["net.yaml", "plain"] == labels(
        "net.yaml", "ci.yml", "CITATION", "mnist", "a@b.yaml", "plain", only_specs=True
    )
    assert [] == codes("plain", only_specs=True)


def test_only_specs_still_tells_of_a_file_that_is_not_there():
    assert ["file-not-found"] == codes("gone.yaml", only_specs=True)


def test_a_name_that_ships_comes_before_a_folder():
    write("mnist/net.yaml")
    assert ["mnist"] == labels("mnist")
    assert ["mnist/net.yaml"] == labels("mnist/")


@pytest.mark.parametrize("only_specs", [False, True])
def test_a_name_that_is_too_long_is_one_finding(only_specs):
    assert ["unreadable-file"] == codes("a" * 5_000 + ".yaml", only_specs=only_specs)
