"""Probabilities from outputs."""

from __future__ import annotations

import pytest
import torch

from cnnspec.runner.predict import probabilities
from cnnspec.settings.losses import LOSSES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cross_entropy", [[0.2689, 0.7311], [0.6225, 0.3775]]),
        ("bce", [[0.5, 0.7311], [0.8176, 0.7311]]),
        ("mse", [[0.0, 1.0], [1.0, 1.0]]),
    ],
)
def test_predict_shows_what_the_loss_takes_outputs_for(name, expected):
    found = probabilities(LOSSES[name](), torch.tensor([[0.0, 1.0], [1.5, 1.0]]))
    torch.testing.assert_close(found, torch.tensor(expected), rtol=0, atol=1e-4)
