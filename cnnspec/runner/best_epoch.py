"""The best epoch so far: its weights, kept in memory, and whether training should stop for want of a better one."""

from __future__ import annotations

from torch import Tensor, nn

from cnnspec.runner.training_events import Score


class BestEpoch:
    """Better is a higher validation accuracy, then a lower loss; without validation, later.

    `patience`: the epochs without a better one after which training should stop; None: it never should.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.epoch = self.step = 0
        self._patience = patience
        self._rank: tuple[float, float] | None = None
        self._weights: dict[str, Tensor] = {}

    def update(self, model: nn.Module, epoch: int, step: int, validation: Score | None) -> bool:
        """Keep the model's weights if they are better than all before, and say whether they are."""
        rank = (validation.accuracy, -validation.loss) if validation else (float(epoch), 0.0)
        if self._rank is not None and rank <= self._rank:
            return False
        self.epoch, self.step, self._rank = epoch, step, rank
        if validation:  # without one no later epoch is worse: the model itself has the best weights
            self._weights = {name: value.clone() for name, value in model.state_dict().items()}
        return True

    def is_patience_over(self, epoch: int) -> bool:
        """Whether the best epoch lies too far behind this one."""
        return self._patience is not None and epoch - self.epoch >= self._patience

    def restore(self, model: nn.Module) -> None:
        """Give the model its best weights back."""
        if self._weights:
            model.load_state_dict(self._weights)
