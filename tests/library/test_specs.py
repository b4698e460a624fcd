"""Where specs are found, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnspec
from cnnspec.library.specs import shipped_specs

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
