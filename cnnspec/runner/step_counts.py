"""How many batches an epoch has, how many steps (updates of the weights) an epoch and a training have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cnnspec.data.batches import batch_sizes
from cnnspec.settings.train import Train


class StepCounts(NamedTuple):
    """A step is an update of the weights, after `accumulate` batches or at an epoch's end."""

    batch_sizes: Sequence[int]
    """Of an epoch, in images."""
    accumulate: int
    total: int
    """Of the whole training."""
    limited: bool
    """Whether there would be more of them without `limit_steps`."""

    @classmethod
    def of(cls, images: int, config: Train) -> StepCounts:
        """Those of a training on so many images."""
        sizes = batch_sizes(images, config.batch_size)
        total = config.epochs * math.ceil(len(sizes) / config.accumulate)
        limit = config.limit_steps or total
        return cls(sizes, config.accumulate, min(total, limit), limit < total)

    @property
    def per_epoch(self) -> int:
        """Of a whole epoch."""
        return math.ceil(len(self.batch_sizes) / self.accumulate)

    @property
    def epochs(self) -> int:
        """How many epochs are begun."""
        return math.ceil(self.total / self.per_epoch)
