"""The loss of a spec by torch's functions, for hard labels and for soft ones, which mixing images gives.

A new loss is its declaration in `settings/losses`, and its case in `criterion`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss, one_hot

from cnnspec.core.errors import rejects_as_user_errors
from cnnspec.settings.losses import BinaryCrossEntropy, CrossEntropy, Loss, MeanSquaredError

HARD = 1
"""Axes of labels_N; soft ones, targets_NK, have two."""
LossFunction = Callable[[Tensor, Tensor], Tensor]
"""(scores_NK, labels) -> the mean over the batch."""


class Criterion:
    """A loss: the mean over a batch of scores_NK with labels_N (int64), or with targets_NK whose rows sum to 1.

    Means of batches, each by its `weight`, are together the mean over all their images. `weight_K` are the weights of
    classes; `binary`: whether one score tells two classes apart.
    """

    def __init__(
        self, function: LossFunction, *, weight_K: Tensor | None = None, binary: bool = False
    ) -> None:
        self._function, self._weight_K, self._binary = function, weight_K, binary

    def __call__(self, scores_NK: Tensor, labels: Tensor) -> Tensor:
        """The mean over the batch."""
        return self._function(scores_NK, labels)

    def weight(self, labels: Tensor) -> float | Tensor:
        """What the batch counts beside others: its images, or where classes have weights those of its labels."""
        return len(labels) if self._weight_K is None else _image_weights(labels, self._weight_K).sum()

    def correct(self, scores_NK: Tensor, labels: Tensor) -> Tensor:
        """How many images have their class scored highest; of soft labels, the likeliest class."""
        labels_N = labels if labels.ndim == HARD else labels.argmax(1)
        predicted_N = scores_NK.squeeze(1) > 0 if self._binary else scores_NK.argmax(1)
        return (predicted_N == labels_N).sum()


def criterion(
    config: Loss, outputs: int, class_counts: Sequence[int] | None, device: torch.device
) -> Criterion:
    """The loss for so many outputs. `class_counts` are the training set's images of each class, where they are known.

    Raises UserError where a weight is missing for a class.
    """
    with rejects_as_user_errors("loss: "):
        config.require_outputs(outputs)
    match config:
        case CrossEntropy():
            weight_K = _class_weights(config, outputs, class_counts, device)
            return Criterion(_cross_entropy(weight_K, config.label_smoothing), weight_K=weight_K)
        case BinaryCrossEntropy():
            weight = None if config.pos_weight is None else torch.tensor(config.pos_weight, device=device)
            function = _binary_cross_entropy(outputs, weight, config.label_smoothing)
            return Criterion(function, binary=outputs == 1)
        case MeanSquaredError():
            return Criterion(
                lambda scores_NK, labels: mse_loss(scores_NK, _targets(labels, outputs, scores_NK))
            )
        case _:
            raise NotImplementedError(type(config))


def _class_weights(
    config: CrossEntropy, outputs: int, counts: Sequence[int] | None, device: torch.device
) -> Tensor | None:
    """What the images of each class count; balanced: all classes alike, those without images nothing."""
    if config.weight == "balanced":
        if counts is None:
            return None
        total, seen = sum(counts), sum(count > 0 for count in counts)
        values = [total / (seen * count) if count else 0.0 for count in counts]
        return torch.tensor([*values, *[0.0] * (outputs - len(values))], device=device)
    return None if config.weight is None else torch.tensor(config.weight, device=device)


def _cross_entropy(weight_K: Tensor | None, smoothing: float) -> LossFunction:
    """Torch's, but that soft labels are averaged by their weights as it averages hard ones: else mixing images would
    change the loss's scale. And 0 in place of 0/0 for a batch none of whose images counts.
    """
    some_count_nothing = weight_K is not None and bool((weight_K == 0).any())

    def apply(scores_NK: Tensor, labels: Tensor) -> Tensor:
        soft = labels.ndim != HARD
        if soft:
            labels = _targets(labels, scores_NK.shape[1], scores_NK)
        if weight_K is None or not (soft or some_count_nothing):
            return cross_entropy(scores_NK, labels, weight=weight_K, label_smoothing=smoothing)
        total = cross_entropy(scores_NK, labels, weight=weight_K, label_smoothing=smoothing, reduction="sum")
        count = _image_weights(labels, weight_K).sum()
        return total * (count > 0) / count.where(count > 0, 1.0)

    return apply


def _image_weights(labels: Tensor, weight_K: Tensor) -> Tensor:
    """The weight of each image: of its class, or of its classes by their shares."""
    return weight_K[labels] if labels.ndim == HARD else labels @ weight_K[: labels.shape[1]]


def _binary_cross_entropy(outputs: int, pos_weight: Tensor | None, smoothing: float) -> LossFunction:
    def apply(scores_NK: Tensor, labels: Tensor) -> Tensor:
        targets_NK = _targets(labels, outputs, scores_NK)
        if smoothing:
            targets_NK = targets_NK * (1 - smoothing) + smoothing / max(2, outputs)
        return binary_cross_entropy_with_logits(scores_NK, targets_NK, pos_weight=pos_weight)

    return apply


def _targets(labels: Tensor, outputs: int, scores_NK: Tensor) -> Tensor:
    """1 at the class, 0 elsewhere; of a single output, 1 for the second of two classes."""
    if outputs == 1:
        second_N = labels if labels.ndim == HARD else labels[:, 1]
        return second_N.to(scores_NK.dtype).unsqueeze(1)
    if labels.ndim == HARD:
        return one_hot(labels, outputs).to(scores_NK.dtype)
    return torch.nn.functional.pad(labels, (0, outputs - labels.shape[1])).to(scores_NK.dtype)
