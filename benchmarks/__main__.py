"""Measure, and write the table of benchmarks/README.md anew: `python -m benchmarks [GROUP…]`.

Without a group everything is measured; with some, their rows alone are replaced.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.augmentation import images_a_second
from benchmarks.checking import cold, growth, open_sizes
from benchmarks.demo import digits, first_step
from benchmarks.folders import files_a_second
from benchmarks.folds import cross_validation
from benchmarks.memory import memory
from benchmarks.mistakes import cold_mistakes, damaged_specs
from benchmarks.runs import kept
from benchmarks.steady import steady
from benchmarks.training import epochs
from benchmarks.zoo import cold_summary, in_process, lines, many, spread

PAGE = Path(__file__).parent / "README.md"
HEAD = """\
# Benchmarks

`make bench` measures what stands here and writes this page. What is compared runs in turn, in one run, and a ratio is
the median of the rounds' ratios: machines are noisy, and ratios are what holds.

| | measured | target | met |
|---|---|---|---|
"""
TAIL = """
Measured on {machine}, {threads} threads, Python {python}, torch {torch}.

- cold: whole processes from the shell's point of view, with bytecode compiled, as installers leave it.
- checking a network: in process, from its text to the plan with every shape, name, parameter and MAC. torchinfo and the
  meta forward are given the network built already, for one image of 224×224.
- steps and epochs: specs/mnist.yaml's network, batches of 64. One fixed batch: the same module, in the same memory format,
  stepped on the same 64 images again and again; both in the rounds of several processes, since where memory happens to
  lie makes one faster than the other, too. The least: likewise, in the numbers that `precision: auto` takes, with
  no fp32 weights to keep. By hand: images normalised beforehand, in memory, and the barest step,
  eager and in fp32. Textbook: torchvision's dataset with ToTensor and Normalize an image, and a DataLoader. Lightning:
  likewise, without bar, logs and checkpoints, timed from its epoch's start to its end: what its `fit` sets up is not in
  it. All start from the same weights, on the CPU; none has worker processes, whether these would be quicker or not.
- memory: the most bytes of a forward pass in eval mode, and of a step of training with the spec's own optimizer, beside
  torch.distributed._tools.mem_tracker.MemTracker's on the meta device: workspaces of single operations are not in it.
- augmentation: images in memory, from the numbers of a batch to what enters the network, one thread.
"""
LINES = """
## Lines

Non-blank lines of each family's spec, and lines of the classes and functions in torchvision's files for it: without
blank lines, docstrings, comments, imports and lists of weights. A file is counted whole: efficientnet.py for both of
its families, resnet.py and mobilenetv3.py for the segmentation networks on them too.

"""


GROUPS: dict[str, tuple[Callable[[], list[str]], ...]] = {
    "cold": (cold, cold_summary),
    "growth": (growth, many),
    "checking": (
        lambda: in_process("resnet152"),
        lambda: in_process("densenet201"),
        lambda: spread(rounds=5),
        lambda: open_sizes(rounds=7),
    ),
    "mistakes": (damaged_specs, lambda: cold_mistakes(rounds=5)),
    "training": (lambda: steady(processes=7), lambda: epochs(images=60_000, rounds=5)),
    "data": (lambda: images_a_second(rounds=7), lambda: files_a_second(rounds=7)),
    "demo": (lambda: first_step(rounds=7), lambda: digits(seeds=5), cross_validation),
    "runs": (kept,),
    "memory": (memory,),
}


def main(chosen: list[str]) -> None:
    """Run all groups, or those that are chosen; all take a good half hour. Raises KeyError for another name."""
    measured = [line for group in chosen or GROUPS for measure in GROUPS[group] for line in measure()]
    rows = with_rows(rows_of(PAGE.read_text("utf-8")), measured) if chosen else measured
    tail = TAIL.format(
        machine=f"{platform.system()} {platform.machine()}",
        threads=torch.get_num_threads(),
        python=platform.python_version(),
        torch=torch.__version__,
    )
    PAGE.write_text(HEAD + "\n".join(rows) + "\n" + tail + LINES + "\n".join(lines()) + "\n", "utf-8")
    print(PAGE.read_text("utf-8"))


def rows_of(page: str) -> list[str]:
    """The rows of the page's first table."""
    table = page.split("|---|---|---|---|\n", 1)[1]
    return table.split("\n\n", 1)[0].splitlines()


def with_rows(rows: list[str], measured: list[str]) -> list[str]:
    """The rows, those that were measured again replaced; what was measured for the first time follows them."""
    anew = {key_of(line): line for line in measured}
    kept_rows = [anew.pop(key_of(line), line) for line in rows]
    return [*kept_rows, *anew.values()]


def key_of(row: str) -> str:
    """What a row measures, without the names and figures that it found."""
    return row.split("|")[1].partition("(")[0].partition(": the least")[0].strip()


main(sys.argv[1:])
