"""Chance as a function of a seed and a purpose: nothing else decides an order."""

from __future__ import annotations

from hashlib import blake2b

import torch
from torch import Tensor


def subseed(seed: int, purpose: str, index: int) -> int:
    """A seed for one purpose in one epoch (or class …), which has nothing in common with the others."""
    text = f"{seed}/{purpose}/{index}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest()) >> 1


def permutation(numbers_N: Tensor, seed: int, purpose: str, index: int) -> Tensor:
    """The numbers in an order that the other arguments decide: drawn on the CPU, the same on every device."""
    generator = torch.Generator().manual_seed(subseed(seed, purpose, index))
    return numbers_N[torch.randperm(len(numbers_N), generator=generator)]
