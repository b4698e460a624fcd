"""Random numbers that are a function of (key, number of the sample, number of the draw), and of nothing else.

So an image is augmented alike on every device, in every batch, by any number of workers. The function is
splitmix64's finaliser (Steele, Lea & Flood, 2014) of a counter; int64 wraps around on overflow.
"""

from __future__ import annotations

import torch
from torch import Tensor

_GOLDEN = -0x61C8864680B583EB  # 0x9E3779B97F4A7C15 as int64
_FIRST = -0x40A7B892E31B1A47  # 0xBF58476D1CE4E5B9
_SECOND = -0x6B2FB644ECCEEE15  # 0x94D049BB133111EB
_BITS = 24
"""Of a float32's fraction: every value is exact, and below 1."""
_MOST = 2**20
"""Counter values reserved for a sample, so that adding an augmentation leaves earlier draws unchanged."""


def uniform(key: int, numbers_N: Tensor, draws: int) -> Tensor:
    """`draws` numbers from 0 to below 1 for each sample, as float32 values_ND."""
    steps_D = torch.arange(1, draws + 1, device=numbers_N.device)
    values_ND = numbers_N.unsqueeze(1) * _MOST + steps_D
    values_ND.mul_(_GOLDEN).add_(key)
    values_ND = _xor_shifted(values_ND, 30).mul_(_FIRST)
    values_ND = _xor_shifted(values_ND, 27).mul_(_SECOND)
    values_ND = _xor_shifted(values_ND, 31)
    return _shifted(values_ND, 64 - _BITS).float().mul_(2.0**-_BITS)


def _xor_shifted(values: Tensor, bits: int) -> Tensor:
    return values ^ _shifted(values, bits)


def _shifted(values: Tensor, bits: int) -> Tensor:
    """To the right, zeros coming in: torch's shift brings the sign in."""
    return (values >> bits).bitwise_and_((1 << (64 - bits)) - 1)
