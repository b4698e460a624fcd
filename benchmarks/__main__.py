"""Measure everything, and write the table of benchmarks/README.md anew."""

from __future__ import annotations

import platform
from pathlib import Path

import torch

from benchmarks.checking import cold, growth
from benchmarks.training import digits, epochs

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
- an epoch: specs/mnist.yaml's network, batches of 64. By hand: images normalised beforehand, in memory, and the barest
  step. Textbook: torchvision's dataset with ToTensor and Normalize an image, and a DataLoader.
"""


def main() -> None:
    """Run it all; some minutes."""
    rows = [*cold(), *growth(), *epochs(images=60_000, rounds=5), *digits(seeds=5)]
    told = TAIL.format(
        machine=f"{platform.system()} {platform.machine()}",
        threads=torch.get_num_threads(),
        python=platform.python_version(),
        torch=torch.__version__,
    )
    PAGE.write_text(HEAD + "\n".join(rows) + "\n" + told, "utf-8")
    print(PAGE.read_text("utf-8"))


main()
