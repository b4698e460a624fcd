"""What the commands around a training share: torch, the data, the run folder."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import load
from cnnspec.cli.output import echo_line
from cnnspec.core.errors import UserError
from cnnspec.runner.openmp import limit_spinning

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result
    from cnnspec.compiler.plan import Plan
    from cnnspec.data.dataset import Dataset
    from cnnspec.settings.train import Train


def trainable(spec: str, settings: Iterable[str]) -> tuple[Plan, Train, Dataset]:
    """What a spec trains, how, and on what; with errors exits 1. Raises UserError where there are no data."""
    result = load(spec, settings)
    dataset = read_data(result)
    assert result.train is not None
    return result.require_plan(), result.train, dataset


def read_data(result: Result) -> Dataset:
    """The spec's data, checked before the seconds that torch's import takes. Raises UserError, or exits 2."""
    require_torch()
    if result.data is None:
        raise UserError("the spec names no data to train on", "Write `data: digits`, say, at its top level.")
    from cnnspec.data.read import read_dataset  # noqa: PLC0415 -- after the checks

    dataset = read_dataset(result.data, result.require_plan().image)
    for line in dataset.skipped:
        echo_line(f"skipped: {line}", err=True)
    for line in dataset.missing_class_warnings:
        echo_line(f"warning: {line}", err=True)
    return dataset


def echo_skipped(bad: Iterable[tuple[str, str]]) -> None:
    """Tell which files could not be read, and why."""
    for file, reason in bad:
        echo_line(f"skipped: {file}: {reason}", err=True)


def require_torch(what: str = "training") -> None:
    """Make ready for torch. Exits 2 where what training needs is not installed; `what` is what needs it here."""
    if find_spec("torch") is None or find_spec("safetensors") is None:
        raise click.ClickException(f"{what} needs torch: pip install 'cnnspec[train]'")
    limit_spinning()


def run_spec(run: Path) -> Path:
    """The spec in a run folder. Raises UserError where it is none."""
    spec = run / "spec.yaml"
    if not spec.is_file():
        raise UserError(f"{run}: not a run folder: it holds no spec.yaml", _run_hint(run))
    return spec


_LEVELS = ("*/", "*/*/", "*/*/*/")
"""How far below a folder a run is looked for: `runs/NAME/NUMBER` in the folder where a training ran."""


def _run_hint(run: Path) -> str:
    if not run.exists():
        return "There is no such folder."
    if run.is_file():
        return "It is a file; name the folder that a training has left."
    runs = [path.parent for levels in _LEVELS for path in run.glob(f"{levels}spec.yaml")]
    newest = max(runs, key=lambda folder: ((folder / "spec.yaml").stat().st_mtime, folder), default=None)
    return (
        f"Did you mean {newest}?"
        if newest
        else "Name a folder that a training has left, such as runs/digits/1."
    )
