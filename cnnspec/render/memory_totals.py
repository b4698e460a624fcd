"""How much memory a network takes, for a batch size, as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnnspec.compiler.memory import inference_memory, memory_by_layer, training_memory
from cnnspec.core.memory_text import memory_text
from cnnspec.settings.optimizers import OPTIMIZERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.compiler.memory import Peak
    from cnnspec.compiler.plan import Node, Plan
    from cnnspec.settings.train import Train


class MemoryTotals(NamedTuple):
    """The most memory at inference and in training (None: unknown), and the memory that it must fit into."""

    train: Train
    inference: Peak | None
    training: Peak | None
    limit: int
    layers: Mapping[Node, int]
    """What training holds for each layer."""

    def lines(self) -> list[str]:
        """The totals for a person."""
        size, limit = self.train.batch_size, memory_text(self.limit)
        head = f"memory with batch_size {size} in {_precision(self.train)}:"
        optimizer = OPTIMIZERS.name_of(type(self.train.optimizer))
        pairs = (("inference", self.inference), (f"training with {optimizer}", self.training))
        return [
            "",
            head,
            *(f"  {what}: {_bytes(peak, size)}" for what, peak in pairs),
            f"largest batch_size in {limit}:",
            *(f"  {what}: {_batch(peak, self.limit)}" for what, peak in pairs),
        ]

    def data(self) -> dict[str, Any]:
        """The totals for a program, in bytes; null: unknown."""
        size = self.train.batch_size
        pairs = {"inference": self.inference, "training": self.training}
        return {
            "memory": {
                **{what: None if peak is None else peak.at(size) for what, peak in pairs.items()},
                "batch_size": size,
                "precision": _precision(self.train),
            },
            "largest_batch": {
                **{
                    what: None if peak is None else peak.largest_batch(self.limit)
                    for what, peak in pairs.items()
                },
                "memory": self.limit,
            },
        }


def memory_totals(plan: Plan, train: Train, limit: int) -> MemoryTotals:
    """What is to be told of a plan's memory."""
    training = training_memory(plan, train)
    layers = {} if training is None else memory_by_layer(plan, train, train.batch_size)
    return MemoryTotals(train, inference_memory(plan, train), training, limit, layers)


def _precision(train: Train) -> str:
    """The one that is counted with."""
    return "fp32" if train.precision == "auto" else train.precision


def _bytes(peak: Peak | None, batch_size: int) -> str:
    return "unknown" if peak is None else memory_text(peak.at(batch_size))


def _batch(peak: Peak | None, limit: int) -> str:
    """The most samples that fit."""
    return "unknown" if peak is None else f"{peak.largest_batch(limit):,}"
