"""What is installed finds the specs that ship and the pages of codes and concepts, from anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cnnspec.compiler.codes import CODES
from cnnspec.render.concepts import CONCEPTS

ROOT = Path(__file__).parent.parent
ASK = """
import cnnspec
from cnnspec.library.specs import shipped_networks
assert cnnspec.__file__.startswith({folder!r}), cnnspec.__file__
print(cnnspec.check("resnet50").plan.params, len(shipped_networks()))
from cnnspec.compiler.codes import CODES
print(*sorted(CODES))
from cnnspec.render.concepts import CONCEPTS
print(*CONCEPTS)
"""


@pytest.mark.slow
def test_a_wheel_holds_the_zoo_and_the_pages_of_codes_and_concepts(tmp_path):
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(ROOT),
        "--no-deps",
        "--quiet",
        "--wheel-dir",
        str(tmp_path),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    folder = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder)
    assert sorted(path.name for path in (ROOT / "specs").iterdir()) == sorted(
        path.name for path in (folder / "cnnspec" / "specs").iterdir()
    )
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(folder=str(folder))],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    networks = 68 + 6 + 2 + 7  # torchvision's, two U-Nets, and the small ones
    assert [
        f"25557032 {networks}",
        " ".join(sorted(CODES)),
        " ".join(CONCEPTS),
    ] == done.stdout.splitlines()
