"""The best epoch."""

from __future__ import annotations

import pytest
from torch import nn

from cnnspec.runner.loop import BestEpoch
from cnnspec.runner.training_events import Score


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ([(0.5, 90), (0.4, 95), (0.1, 93)], 2),
        ([(0.5, 90), (0.4, 90), (0.45, 90)], 2),
        ([(0.5, 90), (0.5, 90)], 1),
    ],
)
def test_the_best_epoch_has_the_highest_accuracy_then_the_lowest_loss_then_comes_first(scores, best):
    kept = BestEpoch()
    for epoch, (loss, correct) in enumerate(scores, start=1):
        kept.update(nn.Linear(1, 1), epoch, epoch, Score(loss, correct, 100))
    assert best == kept.epoch
