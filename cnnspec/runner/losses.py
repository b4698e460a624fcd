"""From the words of a spec to torch's losses, for hard labels and for soft ones, which mixing images gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss, one_hot

from cnnspec.core.errors import rejects_as_user_errors
from cnnspec.settings.losses import BinaryCrossEntropy, CrossEntropy, Loss

HARD = 1
"""Axes of labels_N; soft ones, targets_NK, have two."""


class Criterion:
    """A loss: the mean over a batch of scores_NK with labels_N (int64), or with targets_NK whose rows sum to 1.

    Means of batches, each by its `weight`, are together the mean over all their images.
    """

    def __init__(
        self, apply: Callable[[Tensor, Tensor], Tensor], *, single: bool, weight_K: Tensor | None = None
    ) -> None:
        self._apply, self._single, self._weight_K = apply, single, weight_K

    def __call__(self, scores_NK: Tensor, labels: Tensor) -> Tensor:
        """The mean over the batch."""
        return self._apply(scores_NK, labels)

    def weight(self, labels: Tensor) -> float | Tensor:
        """What the batch counts beside others: its images, or where classes have weights those of its labels."""
        return len(labels) if self._weight_K is None else _counted(labels, self._weight_K).sum()

    def correct(self, scores_NK: Tensor, labels: Tensor) -> Tensor:
        """How many images have their class scored highest; of soft labels, the likeliest class."""
        hard_N = labels if labels.ndim == HARD else labels.argmax(1)
        found_N = scores_NK.squeeze(1) > 0 if self._single else scores_NK.argmax(1)
        return (found_N == hard_N).sum()


def loss(config: Loss, outputs: int, counts: Sequence[int] | None, device: torch.device) -> Criterion:
    """The loss of torch. `counts` are the training set's images of each class, where they are known.

    Raises UserError where a weight is missing for a class.
    """
    with rejects_as_user_errors("loss: "):
        config.fits(outputs)
    single = config.one_for_two and outputs == 1
    if isinstance(config, CrossEntropy):
        weight_K = _class_weights(config, outputs, counts, device)
        return Criterion(_cross_entropy(config, weight_K), single=single, weight_K=weight_K)
    apply = _binary(config, outputs, device) if isinstance(config, BinaryCrossEntropy) else _squared(outputs)
    return Criterion(apply, single=single)


def _class_weights(
    config: CrossEntropy, outputs: int, counts: Sequence[int] | None, device: torch.device
) -> Tensor | None:
    if config.weight == "balanced":
        if counts is None:
            return None
        total, seen = sum(counts), sum(count > 0 for count in counts)
        values = [total / (seen * count) if count else 0.0 for count in counts]
        return torch.tensor([*values, *[0.0] * (outputs - len(values))], device=device)
    return None if config.weight is None else torch.tensor(config.weight, device=device)


def _cross_entropy(config: CrossEntropy, weight_K: Tensor | None) -> Callable[[Tensor, Tensor], Tensor]:
    """Torch's, but that soft labels are averaged by their weights as it averages hard ones: else mixing images would
    change the loss's scale. And 0 in place of 0/0 for a batch none of whose images counts.
    """
    smoothing = config.label_smoothing
    some_count_nothing = weight_K is not None and bool((weight_K == 0).any())

    def apply(scores_NK: Tensor, labels: Tensor) -> Tensor:
        soft = labels.ndim != HARD
        if soft:
            labels = _targets(labels, scores_NK.shape[1], scores_NK)
        if weight_K is None or not (soft or some_count_nothing):
            return cross_entropy(scores_NK, labels, weight=weight_K, label_smoothing=smoothing)
        total = cross_entropy(scores_NK, labels, weight=weight_K, label_smoothing=smoothing, reduction="sum")
        counted = _counted(labels, weight_K).sum()
        return total * (counted > 0) / counted.where(counted > 0, 1.0)

    return apply


def _counted(labels: Tensor, weight_K: Tensor) -> Tensor:
    """The weight of each image: of its class, or of its classes by their shares."""
    return weight_K[labels] if labels.ndim == HARD else labels @ weight_K[: labels.shape[1]]


def _binary(
    config: BinaryCrossEntropy, outputs: int, device: torch.device
) -> Callable[[Tensor, Tensor], Tensor]:
    weight = None if config.pos_weight is None else torch.tensor(config.pos_weight, device=device)

    def apply(scores_NK: Tensor, labels: Tensor) -> Tensor:
        targets_NK = _targets(labels, outputs, scores_NK)
        if smoothing := config.label_smoothing:
            targets_NK = targets_NK * (1 - smoothing) + smoothing / max(2, outputs)
        return binary_cross_entropy_with_logits(scores_NK, targets_NK, pos_weight=weight)

    return apply


def _squared(outputs: int) -> Callable[[Tensor, Tensor], Tensor]:
    def apply(scores_NK: Tensor, labels: Tensor) -> Tensor:
        return mse_loss(scores_NK, _targets(labels, outputs, scores_NK))

    return apply


def _targets(labels: Tensor, outputs: int, scores_NK: Tensor) -> Tensor:
    """1 at the class, 0 elsewhere; of a single output, 1 for the second of two classes."""
    if outputs == 1:
        second_N = labels if labels.ndim == HARD else labels[:, 1]
        return second_N.to(scores_NK.dtype).unsqueeze(1)
    if labels.ndim == HARD:
        return one_hot(labels, outputs).to(scores_NK.dtype)
    return torch.nn.functional.pad(labels, (0, outputs - labels.shape[1])).to(scores_NK.dtype)
