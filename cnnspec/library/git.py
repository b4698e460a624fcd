"""Specs as git has them: REVISION:PATH names a file as it was committed, `:PATH` as it is staged."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from cnnspec.core.suggest import nearest
from cnnspec.library.specs import SpecFile, name_and_variant, unreadable
from cnnspec.reader.document import Document, read_bytes
from cnnspec.reader.limits import MAX_BYTES

_REVISION = re.compile(r"(:[0-3]:|:(?!/)|(?:[^:{}]|\{[^{}]*\})+:)(.*)", re.DOTALL)
"""A revision and its colon, or the stage of a staged file; then a path. Braces hold anything, as in `HEAD@{1 day ago}`."""
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class _Named(NamedTuple):
    revision: str
    path: str
    variant: str | None
    label: str

    @property
    def object(self) -> str:
        """What git calls the file."""
        return f"{self.revision}{self.path}"


def open_revision(label: str) -> SpecFile | None:
    """The file that REVISION:PATH or REVISION:PATH@VARIANT names; None where `label` has another form, or is a file.

    As in git, a path is counted from the top of the repository, and from the working folder where it begins with `./`
    or `../`. What can't be read is a diagnostic in the document, not an exception.
    """
    parts = _REVISION.fullmatch(label)
    if parts is None or _DRIVE.match(label) or _is_there(name_and_variant(label)[0]):
        return None
    path, variant = name_and_variant(parts[2])
    named = _Named(parts[1], path, variant, label)
    return SpecFile(_read(named), named.variant, label)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # of a name that is too long
        return False


def _read(named: _Named) -> Document:
    try:
        kind = _git("cat-file", "-t", "--end-of-options", named.object)
        if kind.returncode == 0 and kind.stdout.strip() == b"blob":
            return read_bytes(named.object, _blob(named.object))
    except FileNotFoundError:
        hint = "Install git, or name a file."
        return unreadable(
            named.label, "no-git", f"{named.label} is a file at a git revision, and there is no git", hint
        )
    if kind.returncode == 0:
        message = f"{named.path or 'this'} is no file in {_said(named.revision)}"
        return unreadable(named.label, "not-a-file", message, "Name a spec's file behind the colon.")
    return _missing(named)


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Git's answer, in English."""
    command = ["git", *arguments]
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 -- no shell


def _blob(name: str) -> bytes:
    """What the file holds, no more of it than a spec may have and one byte."""
    command = ["git", "cat-file", "blob", "--end-of-options", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as git:  # noqa: S603 -- no shell
        assert git.stdout is not None, "it is a pipe"
        raw = git.stdout.read(MAX_BYTES + 1)
        git.kill()
    return raw


def _missing(named: _Named) -> Document:
    """Why git finds no such file: no repository, no such revision, or no such path in it."""
    inside = _git("rev-parse", "--is-shallow-repository")
    if inside.returncode:
        message = f"{named.label} is a file at a git revision, and this folder is in no repository that git can read"
        return unreadable(named.label, "no-repository", message, "Call cnnspec within the repository.")
    revision = named.revision.rstrip(":")
    if revision and not named.revision.startswith(":"):
        tree = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")
        if tree.returncode:
            shallow = inside.stdout.strip() == b"true"
            hint = (
                "The clone is shallow: fetch more of its history (git fetch --unshallow)."
                if shallow
                else _revision_hint(revision)
            )
            message = f"there is no revision {revision}, and no file {named.object}"
            return unreadable(named.label, "unknown-revision", message, hint)
        files = _git("ls-tree", "-r", "--name-only", "--full-tree", "-z", "--end-of-options", revision)
    else:
        files = _git("ls-files", "--full-name", "-z", "--", ":/")
    message = f"there is no {named.path or 'path'} in {_said(named.revision)}"
    return unreadable(named.label, "file-not-found", message, _path_hint(named, files.stdout))


def _said(revision: str) -> str:
    return "the index" if revision.startswith(":") else revision.rstrip(":")


def _revision_hint(revision: str) -> str:
    names = _git("for-each-ref", "--format=%(refname:short)").stdout.decode("utf-8", "replace")
    counted = any(sign in revision for sign in "~^@")  # from a name, which is there or is not
    near = None if counted else nearest(revision, ["HEAD", *names.splitlines()])
    return f"Did you mean {near}?" if near else "`git log --oneline` and `git branch` tell what there is."


def _path_hint(named: _Named, listed: bytes) -> str:
    """The file of that name elsewhere, or the path most like it."""
    files = [os.fsdecode(name) for name in listed.split(b"\0") if name.endswith((b".yaml", b".yml"))]
    end = named.path.removeprefix("./")
    near = next((file for file in files if file.endswith(f"/{end}")), None) or nearest(end, files)
    if near is None:
        return "A path is counted from the top of the repository; ./ before it counts from here."
    return f"Did you mean {named.revision}{near}?"
