"""Loss and accuracy of batches."""

from __future__ import annotations

from cnnspec.runner.training_events import Score


def test_a_score_knows_its_accuracy():
    assert Score(0.1, 3, 4).accuracy == 0.75
