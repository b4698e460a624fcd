"""Which images are held out, and in which order the others come: functions of seed and epoch alone."""

from __future__ import annotations

import math
from hashlib import blake2b

import torch
from torch import Tensor

from cnnspec.core.errors import UserError


def subseed(seed: int, purpose: str, index: int) -> int:
    """A seed for one purpose in one epoch (or class …), which has nothing in common with the others."""
    text = f"{seed}/{purpose}/{index}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest()) >> 1


def shuffled(numbers_N: Tensor, seed: int, purpose: str, index: int) -> Tensor:
    """The numbers in an order that the other arguments decide: drawn on the CPU, the same on every device."""
    generator = torch.Generator().manual_seed(subseed(seed, purpose, index))
    return numbers_N[torch.randperm(len(numbers_N), generator=generator)]


def hold_out(labels_N: Tensor, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """The numbers of the images to fit, and of those to validate with: `share` of each class.

    Raises UserError when the share is so small that it is no image at all, or leaves none.
    """
    held = [_held_of(label, labels_N, share, seed) for label in labels_N.unique().tolist()]
    validation_V = torch.cat(held).sort().values
    is_fit_N = torch.ones(len(labels_N), dtype=torch.bool)
    is_fit_N[validation_V] = False
    fit_F = torch.nonzero(is_fit_N).flatten()
    if (share > 0 and not len(validation_V)) or not len(fit_F):
        part = "none of" if not len(validation_V) else "all of"
        message = f"validation: {share:g} of each class is {part} the {len(labels_N):,} training images"
        raise UserError(message, _instead(labels_N))
    return fit_F, validation_V


def _instead(labels_N: Tensor) -> str:
    """The least share, in hundredths, that holds out an image of the largest class, if one is left then."""
    most = int(labels_N.bincount().max())
    least = math.ceil(51 / most) / 100  # half an image is rounded to none
    return (
        f"Write a share such as {least:g}, or 0 to hold out none."
        if most > 1
        else "Write 0 to hold out none."
    )


def _held_of(label: int, labels_N: Tensor, share: float, seed: int) -> Tensor:
    class_numbers_K = torch.nonzero(labels_N == label).flatten()
    return shuffled(class_numbers_K, seed, "validation", label)[: round(share * len(class_numbers_K))]


def evenly(numbers_N: Tensor, most: int) -> Tensor:
    """So many of the numbers, evenly spread over them; all where there are no more."""
    count = min(most, len(numbers_N))
    return numbers_N[torch.arange(count) * len(numbers_N) // max(1, count)]
