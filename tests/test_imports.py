"""Checking never imports torch, and imports nothing before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import sys
from cnnspec.cli.main import main
try:
    main({args!r})
except SystemExit as stop:
    assert not stop.code, stop.code
print(" ".join(sorted(name for name in sys.modules)), file=sys.stderr)
"""


def _modules(*args: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(args=list(args))], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "args",
    [
        ("validate", "mnist", "lenet5", "paddings"),
        ("validate", "mnist", "--format", "json"),
        ("summary", "mnist", "--explain"),
        ("summary", "mnist", "--format", "json"),
        ("export", "paddings"),
        ("explain", "conv"),
        ("list",),
        ("schema",),
    ],
)
def test_only_training_imports_torch(args):
    assert set() == _modules(*args) & {"torch", "numpy", "torchvision", "rich"}


def test_validate_imports_only_the_families_that_it_needs():
    modules = _modules("validate", "mnist")
    assert "cnnspec.layers.conv" in modules
    assert set() == modules & {
        "cnnspec.layers.norms",
        "cnnspec.layers.merges",
        "cnnspec.layers.initialisers",
        "cnnspec.layers.other_libraries",
        "cnnspec.expressions.evaluate",
        "cnnspec.compiler.receptive_field",
    }


def test_memory_is_computed_only_where_it_is_asked_for():
    memory = {"cnnspec.compiler.memory", "cnnspec.compiler.lifetimes"}
    assert set() == _modules("validate", "mnist", "--set", "budget.params=1M") & memory
    assert set() == _modules("summary", "mnist") & memory
    assert memory <= _modules("validate", "mnist", "--set", "budget.memory=1GB")
    assert "cnnspec.settings.budget" not in _modules("validate", "mnist")


def test_importing_cnnspec_imports_next_to_nothing():
    code = "import sys; before = set(sys.modules); import cnnspec; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"cnnspec"} == {
        name for name in done.stdout.split() if name.split(".")[0] in {"cnnspec", "pydantic", "yaml", "click"}
    }


def test_without_torch_train_says_what_to_install(tmp_path):
    code = """
import sys
sys.modules["torch"] = None
from cnnspec.cli.main import main
main(["train", "digits"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert 2 == done.returncode
    assert 1 == len(done.stderr.splitlines())
    assert "pip install 'cnnspec[train]'" in done.stderr
