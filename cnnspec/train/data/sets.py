"""A data set divided: images to fit, images to choose the best epoch by, images to test with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.language.training import Train
from cnnspec.train.data.dataset import Batches, Dataset, Scale, scale_of
from cnnspec.train.data.order import hold_out


@dataclass(frozen=True, slots=True)
class Sets:
    """Where the batches come from, and the numbers of the training set's images to fit and to validate with."""

    train: Batches
    test: Batches
    fit_F: Tensor
    validation_V: Tensor
    scale: Scale


def divide(dataset: Dataset, config: Train, device: torch.device) -> Sets:
    """Hold out the validation's share; all is normalised by what is left to fit. Raises UserError."""
    fit_F, validation_V = hold_out(dataset.train.labels_N, config.validation, config.seed)
    if config.batch_size > len(fit_F):
        message = f"batch_size: {config.batch_size:,} is more than the {len(fit_F):,} images to train on"
        raise UserError(message, f"Write at most {len(fit_F)}.")
    scale = scale_of(dataset.train.pixels_NCHW[fit_F])
    train, test = (Batches(part.to(device), scale) for part in (dataset.train, dataset.test))
    return Sets(train, test, fit_F, validation_V.to(device), scale)
