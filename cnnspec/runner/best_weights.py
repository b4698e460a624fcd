"""The weights of the best epoch so far, kept in memory."""

from __future__ import annotations

from torch import Tensor, nn

from cnnspec.runner.events import Score


class Best:
    """Better is a higher validation accuracy, then a lower loss; without validation, later.

    `patience`: the epochs without a better one after which there is no hope; None: there always is.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.epoch = self.step = 0
        self._patience = patience
        self._rank: tuple[float, float] | None = None
        self._weights: dict[str, Tensor] = {}

    def take(self, model: nn.Module, epoch: int, step: int, validation: Score | None) -> bool:
        """Keep the model's weights if they are better than all before."""
        rank = (validation.accuracy, -validation.loss) if validation else (float(epoch), 0.0)
        if self._rank is not None and rank <= self._rank:
            return False
        self.epoch, self.step, self._rank = epoch, step, rank
        if validation:  # without one no later epoch is worse: the model itself has the best weights
            self._weights = {name: value.clone() for name, value in model.state_dict().items()}
        return True

    def patience_is_over(self, epoch: int) -> bool:
        """Whether the best epoch lies too far behind this one."""
        return self._patience is not None and epoch - self.epoch >= self._patience

    def restore(self, model: nn.Module) -> None:
        """Give the model its best weights back."""
        if self._weights:
            model.load_state_dict(self._weights)
