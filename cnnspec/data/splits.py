"""Which images are trained on and which are validated with: functions of their labels and the seed alone."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from cnnspec.core.errors import UserError, rejects_as_user_errors
from cnnspec.data.dataset import Dataset
from cnnspec.data.seeding import permutation
from cnnspec.settings.train import Train


def fit_and_validation(dataset: Dataset, config: Train) -> tuple[Tensor, Tensor]:
    """The numbers of the images to fit, and of those to validate with, of a split of their own where there is one.

    Raises UserError where they are too few for what the config asks.
    """
    labels_N = torch.from_numpy(dataset.train.labels)
    if dataset.validation:
        fit_F, validation_V = torch.arange(len(labels_N)), torch.arange(len(dataset.validation.labels))
    else:
        fit_F, validation_V = hold_out(labels_N, config.validation, config.seed)
    with rejects_as_user_errors():  # what is held out is gone already
        config.model_copy(update={"validation": 0.0}).require_images(len(fit_F))
    if overfit := config.overfit_batches:
        fit_F = validation_V = permutation(fit_F, config.seed, "order", 1)[: overfit * config.batch_size]
    return fit_F, validation_V


def class_counts(dataset: Dataset, config: Train) -> list[int]:
    """How many images of each class there are to fit, without decoding any: those that are skipped count."""
    labels_F = torch.from_numpy(dataset.train.labels)[fit_and_validation(dataset, config)[0]]
    return [int(count) for count in labels_F.bincount(minlength=len(dataset.class_names)).tolist()]


def hold_out(labels_N: Tensor, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """The numbers of the images to fit, and of those to validate with: `share` of each class.

    Raises UserError when the share is so small that it is no image at all, or leaves none.
    """
    held = [_validation_numbers(label, labels_N, share, seed) for label in labels_N.unique().tolist()]
    validation_V = torch.cat(held).sort().values
    is_fit_N = torch.ones(len(labels_N), dtype=torch.bool)
    is_fit_N[validation_V] = False
    fit_F = torch.nonzero(is_fit_N).flatten()
    if (share > 0 and not len(validation_V)) or not len(fit_F):
        part = "none of" if not len(validation_V) else "all of"
        message = f"validation: {share:g} of each class is {part} the {len(labels_N):,} training images"
        raise UserError(message, _hint(labels_N))
    return fit_F, validation_V


def _validation_numbers(label: int, labels_N: Tensor, share: float, seed: int) -> Tensor:
    class_numbers_K = torch.nonzero(labels_N == label).flatten()
    return permutation(class_numbers_K, seed, "validation", label)[: round(share * len(class_numbers_K))]


def _hint(labels_N: Tensor) -> str:
    """The least share, in hundredths, that holds out an image of the largest class, if one is left then."""
    most = int(labels_N.bincount().max())
    if most == 1:
        return "Write 0 to hold out none."
    least = math.ceil(51 / most) / 100  # half an image is rounded to none
    return f"Write a share such as {least:g}, or 0 to hold out none."


def evenly_spaced(numbers_N: Tensor, most: int) -> Tensor:
    """So many of the numbers, evenly spread over them; all where there are no more."""
    count = min(most, len(numbers_N))
    return numbers_N[torch.arange(count) * len(numbers_N) // max(1, count)]
