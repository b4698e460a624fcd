"""Batches and their sizes. No batch has a single image: batch norm can't be trained on one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Batch(NamedTuple):
    """Images on the network's device, int64 labels, and their numbers in the split."""

    images_NCHW: Tensor
    labels_N: Tensor
    numbers_N: Tensor

    @property
    def images(self) -> int:
        """How many there are."""
        return len(self.labels_N)


def batch_sizes(count: int, size: int) -> Sequence[int]:
    """`size` again and again, then what is left over; a single image left over joins the batch before it."""
    full, rest = divmod(count, size)
    sizes = [size] * full
    if rest == 1 and sizes:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes


def without_single_images(batches: Iterable[Batch], sizes: Sequence[int]) -> Iterator[Batch]:
    """As many batches; an image that bad files have left alone in its batch goes over to the next that has some.

    After the last batch there is none, and the image is not seen in this epoch. Where the sizes ask for single
    images, they stay alone.
    """
    if 1 in sizes:
        yield from batches
        return
    single: Batch | None = None
    for batch in batches:
        whole = _concatenation(single, batch) if single and batch.images else single or batch
        single = whole if whole.images == 1 else None
        yield _empty_batch(batch) if single else whole


def _empty_batch(batch: Batch) -> Batch:
    return Batch(*(part[:0] for part in batch))


def _concatenation(one: Batch, other: Batch) -> Batch:
    return Batch(*(torch.cat(parts) for parts in zip(one, other, strict=True)))
