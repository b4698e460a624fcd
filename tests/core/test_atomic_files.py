"""A file is whole, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError


def test_a_text_is_written_in_utf_8(tmp_path):
    atomic_files.write_text(tmp_path / "a", "é\n")
    assert b"\xc3\xa9\n" == (tmp_path / "a").read_bytes()
    assert [tmp_path / "a"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_file_that_cant_be_finished_leaves_the_one_before(tmp_path, monkeypatch, error):
    path = tmp_path / "w.safetensors"
    atomic_files.write(path, b"before")

    def fail(_):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((UserError, KeyboardInterrupt)) as caught:
        atomic_files.write(path, b"after")
    assert isinstance(error, KeyboardInterrupt) or "No space left on device" in str(caught.value)
    assert b"before" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_rows_are_lines_of_json(tmp_path):
    for epoch in (1, 2):
        atomic_files.append_row(tmp_path / "metrics.jsonl", {"epoch": epoch, "loss": None})
    assert '{"epoch": 1, "loss": null}\n{"epoch": 2, "loss": null}\n' == Path(
        tmp_path / "metrics.jsonl"
    ).read_text("utf-8")


def test_a_row_that_cannot_be_appended_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="can't be written"):
        atomic_files.append_row(tmp_path / "no" / "metrics.jsonl", {"epoch": 1})
