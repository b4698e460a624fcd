"""Which tests need torch, and what all of them share.

A test needs torch where its place says so: a folder of a room that knows torch, or a file called `…_torch.py`
in the folder of one that doesn't.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cnnspec.cli.main import main
from cnnspec.runner.openmp import limit_spinning

# Before any test imports torch: its threads wait briefly, as in `cnnspec train`.
limit_spinning()

TESTS = Path(__file__).parent
WITH_TORCH = ("backend", "cli/training", "codegen", "data", "runner", "zoo")
"""Folders of tests that need what `pip install 'cnnspec[train]'` installs."""
NOT_THERE = ("torch", "torchvision", "PIL", "safetensors")  # not numpy: hypothesis asks sys.modules for it


def needs_torch(path: Path) -> bool:
    """Whether the place of a test says that it needs torch."""
    return path.stem.endswith("_torch") or any(path.is_relative_to(TESTS / folder) for folder in WITH_TORCH)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--torch",
        choices=["with", "without", "only"],
        default="with" if find_spec("torch") else "without",
        help="run all tests, those that need no torch (it can't be imported then), or those that need it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Without torch, what needs it after all fails even where it is installed."""
    if config.getoption("torch") == "without":
        sys.modules.update(dict.fromkeys(NOT_THERE))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what the option leaves out; None lets pytest decide."""
    which, needed = config.getoption("torch"), needs_torch(collection_path)
    left_out = needed if which == "without" else which == "only" and not needed and collection_path.is_file()
    return left_out or None


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command as `main` does, in this process: exit code, stdout, stderr."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*args):
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out = capsys.readouterr()
        return stop.value.code, out.out, out.err

    return call
