"""Batches in which bad files leave no lone image: batch norm can't be trained on one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch

from cnnspec.train.data.source import Batch


def accompanied(batches: Iterable[Batch], sizes: Sequence[int]) -> Iterator[Batch]:
    """As many batches; an image that is the only one left of its batch goes over to the next that has some.

    After the last batch there is none, and the image is not seen in this epoch. Where the sizes ask for lone
    images, they stay alone.
    """
    if 1 in sizes:
        yield from batches
        return
    lone: Batch | None = None
    for batch in batches:
        whole = _joined(lone, batch) if lone and batch.images else lone or batch
        lone = whole if whole.images == 1 else None
        yield _emptied(batch) if lone else whole


def _emptied(batch: Batch) -> Batch:
    return Batch(*(part[:0] for part in batch))


def _joined(one: Batch, other: Batch) -> Batch:
    return Batch(*(torch.cat(parts) for parts in zip(one, other, strict=True)))
