"""How fast networks of the zoo are checked, against torchinfo and a forward pass on the meta device."""

from __future__ import annotations

import ast
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import torch
import torchinfo
from torchvision import models

from benchmarks.checking import LIBRARIES
from benchmarks.timing import command, interleaved, median, ratio, row
from cnnspec.compiler.check import check_document
from cnnspec.core.diagnostic import Source
from cnnspec.library.specs import open_spec, shipped_networks, shipped_specs
from cnnspec.reader.document import read

TORCHINFO = """
import torchinfo
from torchvision.models import resnet152
torchinfo.summary(resnet152(), (1, 3, 224, 224), verbose=0)
"""
MANY = """
import json, time
from pathlib import Path
from cnnspec.compiler.check import check_text
layers = "  - conv: {out_channels: 16, kernel_size: 3, padding: 1}\\n  - bn\\n  - relu\\n  - dropout\\n" * 2500
text = "cnnspec: 1\\ninput: [3, 32, 32]\\nlayers:\\n" + layers
start = time.perf_counter()
result = check_text(text)
seconds = time.perf_counter() - start
assert len(result.plan.nodes) == 10_000
# Not getrusage: its peak is inherited from the process that forked us.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([seconds, int(peak.split()[1]) / 1024]))
"""


def cold_summary() -> list[str]:
    """`cnnspec summary resnet152 --format json`, whole processes."""
    candidates = {
        "summary": command("-m", "cnnspec", "summary", "resnet152", "--format", "json"),
        "libraries": command("-c", LIBRARIES),
    }
    seconds = interleaved(candidates, 15)
    usual = interleaved({"summary": candidates["summary"], "torchinfo": command("-c", TORCHINFO)}, 5)
    print(f"summary resnet152 {median(seconds['summary'])}, libraries alone {median(seconds['libraries'])}")
    print(f"torchvision + torchinfo {median(usual['torchinfo'])}")
    return [
        row(
            "cold `cnnspec summary resnet152 --format json` by importing click, yaml and pydantic alone",
            ratio(seconds, "summary", "libraries"),
            2.2,
        ),
        row(
            "a cold torchinfo summary of resnet152 by cold `cnnspec summary resnet152 --format json`",
            ratio(usual, "torchinfo", "summary"),
            10,
            at_least=True,
        ),
    ]


def in_process(name: str) -> list[str]:
    """Checking a network, from text to plan, against what torch can tell of one that is built already."""
    model, meta = models.get_model(name), models.get_model(name).to("meta").eval()
    x = torch.empty(1, 3, 224, 224, device="meta")

    def forward() -> None:
        with torch.no_grad():
            meta(x)

    seconds = interleaved(
        {
            "check": checking(name),
            "torchinfo": lambda: torchinfo.summary(model, (1, 3, 224, 224), verbose=0),
            "meta": forward,
        },
        15,
    )
    print(
        f"{name}: check {median(seconds['check'])}, torchinfo {median(seconds['torchinfo'])}, "
        f"meta forward {median(seconds['meta'])}"
    )
    return [
        row(
            f"torchinfo of a built {name} by checking it",
            ratio(seconds, "torchinfo", "check"),
            20,
            at_least=True,
        ),
        row(
            f"a meta forward of a built {name} by checking it",
            ratio(seconds, "meta", "check"),
            10,
            at_least=True,
        ),
    ]


def spread(rounds: int) -> list[str]:
    """Checking every shipped network of torchvision against torchinfo on the built module: the median and the least."""
    ratios: dict[str, float] = {}
    for name in shipped_networks():
        if (summary := torchinfo_of(name)) is not None:
            seconds = interleaved({"check": checking(name), "torchinfo": summary}, rounds)
            ratios[name] = ratio(seconds, "torchinfo", "check")
            print(
                f"{name}: check {median(seconds['check'])}, torchinfo by it {ratios[name]:.1f} ×", flush=True
            )
    worst = min(ratios, key=ratios.__getitem__)
    what = f"torchinfo of a built network by checking it, all {len(ratios)} of torchvision"
    return [
        row(f"{what}: the median", statistics.median(ratios.values()), 20, at_least=True),
        row(f"{what}: the least, {worst}", ratios[worst], 8, at_least=True),
    ]


_SEGMENTATION = ("fcn_", "deeplabv3_", "lraspp_")
"""Networks of torchvision that are built around another one, whose weights would be fetched."""


def torchinfo_of(name: str) -> Callable[[], object] | None:
    """The summary by torchinfo of torchvision's network of that name, built already; None where it has none."""
    if name not in models.list_models():
        return None
    weights = {"weights_backbone": None} if name.startswith(_SEGMENTATION) else {}
    model = models.get_model(name, weights=None, **weights)
    return lambda: torchinfo.summary(model, (1, 3, 224, 224), verbose=0)


def checking(name: str) -> Callable[[], object]:
    """From a text to a plan, in process."""
    file, variant = shipped_networks()[name]
    text = open_spec(file).document.source.text
    return lambda: check_document(read(Source("spec.yaml", text)), variant=variant)


SOURCES = {
    "resnet_segmentation": ("segmentation/fcn", "segmentation/deeplabv3", "segmentation/_utils", "resnet"),
    "mobilenet_v3_segmentation": (
        "segmentation/lraspp",
        "segmentation/deeplabv3",
        "segmentation/_utils",
        "mobilenetv3",
    ),
    "efficientnet_v2": ("efficientnet",),
    "inception_v3": ("inception",),
}
"""The files of torchvision.models that make up a family, where they are not called like it."""


def lines() -> list[str]:
    """Lines of each family's spec against the code of torchvision that builds it."""
    rows = ["| spec | its lines | torchvision's | |", "|---|---|---|---|"]
    for name, path in shipped_specs().items():
        files = SOURCES.get(name, (name.replace("net_v", "netv"),))
        sources = [Path(models.__file__).parent / f"{file}.py" for file in files]
        if all(source.exists() for source in sources):
            own = sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines())
            theirs = sum(map(code_lines, sources))
            rows.append(f"| {name} | {own} | {theirs} | {own / theirs:.2f} |")
    return rows


def code_lines(source: Path) -> int:
    """Lines of a file's classes and functions: no blank line, no docstring, comment, import or list of weights."""
    text = source.read_text("utf-8")
    counted: set[int] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "WeightsEnum" for base in node.bases):
            continue
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            counted.update(range(node.lineno, node.end_lineno + 1))
            for inner in ast.walk(node):
                if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
                    counted.difference_update(range(inner.lineno, inner.end_lineno + 1))
    numbered = enumerate(text.splitlines(), start=1)
    return sum(
        number in counted and bool(line.strip()) and not line.strip().startswith("#")
        for number, line in numbered
    )


def many() -> list[str]:
    """10,000 nodes in a fresh process: seconds and the most memory it took."""
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", MANY], check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    seconds, megabytes = (statistics.median(values) for values in zip(*runs, strict=True))
    return [
        f"| checking 10,000 nodes | {seconds:.2f} s | < 0.5 s | {'yes' if seconds < 0.5 else 'no'} |",
        f"| the process that checks 10,000 nodes | {megabytes:.0f} MB | < 300 MB | {'yes' if megabytes < 300 else 'no'} |",
    ]
