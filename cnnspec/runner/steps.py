"""How the images of an epoch make batches, and batches updates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from cnnspec.data.batches import batch_sizes
from cnnspec.settings.train import Train

T = TypeVar("T")


class Steps(NamedTuple):
    """A step is an update of the weights, after `accumulate` batches or at an epoch's end."""

    sizes: Sequence[int]
    """Of the batches of an epoch, in images."""
    accumulate: int
    total: int
    """Of the whole training."""
    limited: bool
    """Whether there would be more of them without `limit_steps`."""

    @classmethod
    def of(cls, images: int, config: Train) -> Steps:
        """The steps of a training on so many images."""
        sizes = batch_sizes(images, config.batch_size)
        total = config.epochs * math.ceil(len(sizes) / config.accumulate)
        limit = config.limit_steps or total
        return cls(sizes, config.accumulate, min(total, limit), limit < total)

    @property
    def per_epoch(self) -> int:
        """Of a whole epoch."""
        return math.ceil(len(self.sizes) / self.accumulate)

    @property
    def epochs(self) -> int:
        """That are begun."""
        return math.ceil(self.total / self.per_epoch)


def grouped(things: Iterable[T], size: int) -> Iterator[Iterator[T]]:
    """Groups of `size` things, the last one of what is left. Each is to be gone through before the next is asked for.

    No more than one thing is held at a time.
    """
    iterator = iter(things)
    for first in iterator:
        yield chain((first,), islice(iterator, size - 1))
