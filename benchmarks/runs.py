"""What whole trainings ended with: runs of shipped specs, whose metrics are kept beside this file.

They take too long for `make bench`; `cnnspec train specs/NAME.yaml` makes each anew.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "runs"
WANTED = {"fashion_small": 0.925, "fashion": 0.945}


def kept() -> list[str]:
    """A row a run: its test accuracy, and how long it took."""
    rows = []
    for name, wanted in WANTED.items():
        lines = (FOLDER / name / "metrics.jsonl").read_text("utf-8").splitlines()
        test, epochs = json.loads(lines[-1]), len(lines) - 1
        accuracy, minutes = test["test_accuracy"], test["seconds"] / 60
        met = "yes" if accuracy >= wanted else "no"
        what = f"specs/{name}.yaml, test accuracy after {epochs} epochs, {minutes:.0f} minutes"
        rows.append(
            f"| {what} ([metrics](runs/{name}/metrics.jsonl)) | {accuracy:.2%} | ≥ {wanted:.1%} | {met} |"
        )
    return rows
