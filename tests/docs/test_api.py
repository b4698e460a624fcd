"""docs/api.md is so, and the public API is light, whole and typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cnnspec

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
WIDE = "cnnspec: 1\nvars: {width: 2}\ninput: [4, 8, 8]\nlayers: [conv: {out_channels: $width, kernel_size: %d}]\n"


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


@pytest.mark.parametrize("name", cnnspec.__all__)
def test_every_name_is_there_and_on_the_page(name):
    assert name in dir(cnnspec)
    assert hasattr(cnnspec, name)
    assert name.startswith("__") or f"{name}" in PAGE


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'cnnspec' has no attribute 'chek'"):
        _ = cnnspec.chek


def test_a_star_import_gives_all_names_without_torch():
    code = "from cnnspec import *; import sys; print('torch' in sys.modules, Layer.__name__, build.__name__)"
    assert "False Layer build\n" == python(code)


def test_the_source_is_printed_without_torch():
    code = "import cnnspec, sys; print(cnnspec.source('mnist'), 'torch' in sys.modules)"
    assert "def mnist() -> nn.Sequential:" in (printed := python(code))
    assert printed.endswith("False\n")


def test_the_source_of_a_wrong_spec_is_refused():
    with pytest.raises(cnnspec.SpecError, match=r"spec.yaml:4:\d+: error\[kernel-too-large\]") as caught:
        cnnspec.source(cnnspec.check_text(WIDE % 9))
    assert "kernel-too-large" == caught.value.result.diagnostics[0].code


def test_a_plan_that_is_whole_is_given_and_one_that_is_not_is_refused():
    fine, wrong = cnnspec.check_text(WIDE % 3), cnnspec.check_text(WIDE % 9)
    assert fine.plan is fine.require_plan()
    with pytest.raises(cnnspec.SpecError):
        wrong.require_plan()
