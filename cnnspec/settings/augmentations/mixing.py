"""Augmentations that make one image of two. The label is shared likewise."""

from typing import Annotated

from pydantic import Field

from cnnspec.declare.arguments import Expect
from cnnspec.settings.augmentations.base import Augmentation

Alpha = Annotated[float, Field(gt=0, le=100), Expect("a number above 0, at most 100")]


class Mixup(Augmentation):
    """Each image faded into the one before it in the batch (Zhang et al., 2018).

    Formula: λ·x + (1 − λ)·x′, and its label λ·y + (1 − λ)·y′, with λ from Beta(alpha, alpha), drawn for each image.

    When: Many epochs, a network that learns its images by heart; 0.1 to 0.4 for photographs.

    Against: Short trainings, small networks: the training loss stays high, and its accuracy tells little.
    """

    example = "{mixup: {alpha: 0.2}}"
    main = "alpha"
    mixes = True
    never_after = frozenset()

    alpha: Alpha = Field(0.2, description="Near 0 most images stay nearly alone; 1 draws λ evenly.")


class CutMix(Augmentation):
    """A rectangle of each image taken from the one before it in the batch (Yun et al., 2019).

    Formula: its sides are √(1 − λ) of the image's, its centre is anywhere, λ from Beta(alpha, alpha); what of it
    lies inside the image decides the label's share.

    When: As mixup, of photographs; what is seen stays sharp.

    Against: As mixup; and where the class depends on the whole image, or on a small part of it.
    """

    example = "{cutmix: {alpha: 1}}"
    main = "alpha"
    mixes = True
    never_after = frozenset()

    alpha: Alpha = Field(1.0, description="Near 0 most images stay nearly whole; 1 draws λ evenly.")
