"""How fast a spec is checked: cold from the shell, and as specs grow."""

from __future__ import annotations

import compileall
import statistics
from pathlib import Path

from benchmarks.timing import command, interleaved, median, ratio, row
from cnnspec.compiler.check import check_document, check_text
from cnnspec.compiler.valid_sizes import OpenAxes, input_setting
from cnnspec.library.specs import open_spec, shipped_networks

ROOT = Path(__file__).parent.parent
SPEC = str(ROOT / "specs" / "mnist.yaml")
LIBRARIES = "import click, yaml; from pydantic import BaseModel, Field, ConfigDict"
TORCHINFO = """
import torch, torchinfo
from torch import nn
model = nn.Sequential(
    nn.Conv2d(1, 10, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(10, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(320, 50), nn.Linear(50, 10),
)
torchinfo.summary(model, (1, 1, 28, 28), verbose=0)
"""
TRIPLE = "  - conv: {out_channels: 16, kernel_size: 3, padding: 1}\n  - bn\n  - relu\n"


def cold() -> list[str]:
    """Whole processes, from the shell's point of view. Bytecode is compiled first, as installers do."""
    compileall.compile_dir(str(ROOT / "cnnspec"), quiet=2)
    candidates = {
        "validate": command("-m", "cnnspec", "validate", SPEC),
        "libraries": command("-c", LIBRARIES),
    }
    seconds = interleaved(candidates, 15)
    usual = interleaved({"validate": candidates["validate"], "torchinfo": command("-c", TORCHINFO)}, 3)
    print(f"validate {median(seconds['validate'])}, libraries alone {median(seconds['libraries'])}")
    print(f"torch module + torchinfo {median(usual['torchinfo'])}")
    return [
        row(
            "cold `cnnspec validate specs/mnist.yaml` by importing click, yaml and pydantic alone",
            ratio(seconds, "validate", "libraries"),
            1.5,
        ),
        f"| a cold torch module and torchinfo, by cold `cnnspec validate` | {ratio(usual, 'torchinfo', 'validate'):.1f} × | | |",
    ]


def growth() -> list[str]:
    """Checking n conv, bn and relu, in process."""
    specs = {n: f"cnnspec: 1\ninput: [3, 32, 32]\nlayers:\n{TRIPLE * n}" for n in (500, 1000)}
    seconds = interleaved({str(n): lambda text=text: check_text(text) for n, text in specs.items()}, 15)
    print(f"500 triples {median(seconds['500'])}, 1,000 triples {median(seconds['1000'])}")
    thousand = statistics.median(seconds["1000"])
    met = "yes" if thousand <= 0.5 else "no"
    return [
        row("checking 1,000 conv/bn/relu triples by checking 500", ratio(seconds, "1000", "500"), 2.2),
        f"| checking 1,000 triples | {thousand:.2f} s | ≤ 0.5 s | {met} |",
    ]


def open_sizes(rounds: int) -> list[str]:
    """Checking every network that ships with its sizes left open, against checking it for its own."""
    ratios: dict[str, float] = {}
    for name in shipped_networks():
        spec = open_spec(name)
        plan = check_document(spec.document, variant=spec.variant).require_plan()
        axes = OpenAxes(plan)
        fixed = input_setting({key: value.shape.sizes for key, value in plan.inputs.items() if value.shape})
        settings = {"fixed": fixed, "open": axes.setting}
        seconds = interleaved(
            {
                key: lambda spec=spec, setting=setting: check_document(
                    spec.document, variant=spec.variant, settings=(setting,)
                )
                for key, setting in settings.items()
            },
            rounds,
        )
        ratios[name] = ratio(seconds, "open", "fixed")
    worst = max(ratios, key=ratios.__getitem__)
    what = f"checking a network for every size by checking it for one, all {len(ratios)} that ship"
    return [
        row(f"{what}: the median", statistics.median(ratios.values()), 3),
        row(f"{what}: the least good, {worst}", ratios[worst], 3),
    ]
