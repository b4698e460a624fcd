"""Batches in which bad files leave no lone image: batch norm can't be trained on one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch

from cnnspec.train.data.source import Batch


def accompanied(batches: Iterable[Batch], sizes: Sequence[int]) -> Iterator[Batch]:
    """The batches; an image that is the only one left of its batch goes over to the next.

    After the last batch there is none, and the image is not seen in this epoch. Where the sizes ask for lone
    images, they stay alone.
    """
    if 1 in sizes:
        yield from batches
        return
    lone: Batch | None = None
    for batch in batches:
        whole = batch if lone is None else _joined(lone, batch)
        lone = whole if len(whole.labels_N) == 1 else None
        if lone is None:
            yield whole


def _joined(one: Batch, other: Batch) -> Batch:
    return Batch(*(torch.cat(parts) for parts in zip(one, other, strict=True)))
