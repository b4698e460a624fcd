"""Random specs against torch, for as long as one likes: `python -m tests.fuzz N [SEED]`."""

from __future__ import annotations

import sys
import time
from random import Random

import torch

from tests.random_specs import random_spec
from tests.torch_sizes import differences

RANKS = (1, 1, 2, 2, 2, 2, 3)


def main(count: int, first: int = 0) -> int:
    """Compare `count` specs; the number of those that differ."""
    torch.set_num_threads(1)
    start, wrong = time.monotonic(), 0
    for number in range(first, first + count):
        rng = Random(f"sizes {number}")
        spec = random_spec(rng, rng.choice(RANKS))
        found = next(iter(differences(spec, rng, held=rng.random() < 0.6)), None)
        if found is not None:
            wrong += 1
            print(f"spec {number} at {found.sizes}: cnnspec {found.ours}, torch {found.torchs}\n{found.text}")
        if (number + 1 - first) % 500 == 0:
            print(
                f"{number + 1 - first:,} specs, {wrong} differ, {time.monotonic() - start:.0f} s", flush=True
            )
    print(f"{count:,} specs against torch: {wrong or 'no'} differ")
    return wrong


if __name__ == "__main__":
    raise SystemExit(min(main(*map(int, sys.argv[1:])), 1))
