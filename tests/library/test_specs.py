"""Where specs are found, and what is said where there is none."""

from __future__ import annotations

import os
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

import cnnspec
from cnnspec.library.specs import open_spec, shipped_specs

SPEC = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {width: 4}\nvariants: {tiny: {width: 2}}\nlayers: [conv: {out_channels: $width, kernel_size: 3}]\n"


def codes(spec: str | Path) -> list[str]:
    return [found.code for found in cnnspec.check(spec).diagnostics]


@pytest.mark.parametrize("spec", ["no_such_file.yaml", "no/such/folder", "./no_such_file", "a\0b.yaml"])
def test_a_path_to_nothing_is_one_finding(spec: str) -> None:
    assert [codes(spec)] in [[["file-not-found"]], [["unreadable-file"]]]


def test_a_missing_file_suggests_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "resnet.yaml").write_text(SPEC)
    (found,) = cnnspec.check(tmp_path / "resent.yaml").diagnostics
    assert ("file-not-found", True) == (found.code, "resnet.yaml" in found.hint)


def test_a_directory_is_no_spec(tmp_path: Path) -> None:
    assert ["not-a-file"] == codes(tmp_path)


def test_what_the_system_does_not_open_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(SPEC)
    monkeypatch.setattr(
        Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    (found,) = cnnspec.check(tmp_path / "a.yaml").diagnostics
    assert ("unreadable-file", True) == (found.code, "Permission denied" in found.message)


def test_a_name_that_does_not_ship_suggests_one_that_does() -> None:
    (found,) = cnnspec.check("mnsit").diagnostics
    assert ("unknown-spec", "Did you mean mnist?") == (found.code, found.hint)


@pytest.mark.parametrize("name", shipped_specs())
def test_a_shipped_spec_is_found_by_its_name(name: str) -> None:
    assert [] == codes(name)


def test_a_variant_follows_an_at_sign_after_the_last_slash(tmp_path: Path) -> None:
    folder = tmp_path / "at@home"
    folder.mkdir()
    (folder / "a.yaml").write_text(SPEC)
    results = [cnnspec.check(f"{folder}/a.yaml{suffix}") for suffix in ("", "@tiny", "@huge")]
    assert [(4, "a"), (2, "tiny")] == [
        (r.plan.outputs[0].value.shape.channels, r.plan.name) for r in results[:2] if r.plan
    ]
    assert ["unknown-variant"] == [found.code for found in results[2].diagnostics]


@pytest.mark.parametrize(
    ("spec", "code", "words"),
    [
        ("resnet18@resnet34", "unknown-variant", "Write resnet@resnet34, or resnet34."),
        ("./a@b.yaml", "file-not-found", "can't have one in its name"),
        ("resnet@", "unknown-variant", "There are resnet18"),
    ],
)
def test_a_variant_of_a_variant_or_of_nothing_is_told(spec: str, code: str, words: str) -> None:
    (found,) = cnnspec.check(spec).diagnostics
    assert (code, True) == (found.code, words in found.hint)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("vars.grops", "Did you mean groups?"),
        ("vars.zzz", "Declare it under `vars`"),
        ("variants.resnet18.groups", "SPEC@variant"),
    ],
)
def test_a_setting_that_would_do_nothing_is_told(setting: str, words: str) -> None:
    (found,) = cnnspec.check("resnet", {setting: 2}).diagnostics
    assert ("bad-setting", True) == (found.code, words in found.hint)


def test_a_path_needs_no_ending_when_it_is_a_path(tmp_path):
    file = tmp_path / "spec"
    file.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n")
    assert cnnspec.check(file).ok
    assert cnnspec.check(str(file)).ok


def test_a_variant_that_ships_is_found_by_its_own_name():
    assert "resnet50" not in shipped_specs()
    assert ("resnet50", "resnet") == tuple(cnnspec.check(name).plan.name for name in ("resnet50", "resnet"))


def test_a_file_without_an_ending_is_pointed_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mynet").write_text("cnnspec: 1\n")
    (found,) = cnnspec.check("mynet").diagnostics
    assert "./mynet" in found.hint


def test_a_folder_without_a_slash_is_pointed_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("nets").mkdir()
    (found,) = cnnspec.check("nets").diagnostics
    assert ("unknown-spec", "That is a folder: name a file in it.") == (found.code, found.hint)


def test_a_path_that_no_system_takes_is_told():
    (found,) = cnnspec.check("a\0b/c.yaml").diagnostics
    assert "unreadable-file" == found.code


def test_a_file_in_a_folder_that_is_not_there_is_told(tmp_path):
    (found,) = cnnspec.check(tmp_path / "no" / "net.yaml").diagnostics
    assert "file-not-found" == found.code


def test_a_pipe_is_no_spec(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert ["not-a-file"] == [found.code for found in cnnspec.check(tmp_path / "pipe.yaml").diagnostics]


def test_a_name_that_is_like_no_other_is_told_where_names_are() -> None:
    (found,) = cnnspec.check("qqqqqqqqqqqqqqqq").diagnostics
    assert ("unknown-spec", True) == (found.code, found.hint.startswith("`cnnspec list` tells what ships"))


def test_a_dash_is_standard_input(monkeypatch):
    text = b"cnnspec: 1\ninput: [8]\nvars: {n: 2}\nvariants: {four: {n: 4}}\nlayers: [linear: $n]\n"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text)))
    opened = open_spec("-@four")
    assert ("stdin", "four", None) == (opened.document.source.name, opened.variant, opened.path)
    assert opened.document.root is not None
