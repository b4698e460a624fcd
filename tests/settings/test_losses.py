"""Losses: what they ask of the data."""

from __future__ import annotations

from cnnspec.settings.losses import CrossEntropy, MeanSquaredError


def test_a_loss_with_balanced_weights_asks_how_many_images_a_class_has():
    losses = (CrossEntropy(), CrossEntropy(weight="balanced"), MeanSquaredError())
    assert [False, True, False] == [loss.counts_classes for loss in losses]
