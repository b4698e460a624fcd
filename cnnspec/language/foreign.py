"""What other libraries call our data sets, optimizers, schedules, losses and augmentations; only for hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.suggest import did_you_mean
from cnnspec.layers.foreign import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_CALLED = {
    "image_folder": "folder directory images imagefolder image_directory imagenet",
    "csv": "table tsv list dataframe",
    "npz": "numpy npy arrays",
    "fake": "FakeData random dummy synthetic",
    "digits": "load_digits optdigits",
    "fashion_mnist": "fashion fmnist",
    "cifar10": "cifar",
    "sgd": "momentum nesterov gradient_descent",
    "constant": "none fixed",
    "cosine": "CosineAnnealing CosineAnnealingLR cosine_decay CosineDecay",
    "one_cycle": "OneCycleLR 1cycle onecycle superconvergence",
    "step": "StepLR MultiStep MultiStepLR step_decay milestones",
    "exponential": "ExponentialLR exp exponential_decay",
    "plateau": "ReduceLROnPlateau reduce_on_plateau",
    "cross_entropy": "ce nll CrossEntropyLoss NLLLoss categorical_crossentropy sparse_categorical_crossentropy"
    " softmax_cross_entropy xent",
    "bce": "BCEWithLogits BCEWithLogitsLoss BCELoss binary_crossentropy binary_cross_entropy sigmoid",
    "mse": "MSELoss mean_squared_error l2",
    "random_crop": "crop RandomCrop shift translate RandomResizedCrop",
    "hflip": "flip horizontal_flip RandomHorizontalFlip fliplr mirror RandomFlip flip_left_right",
    "vflip": "vertical_flip RandomVerticalFlip flipud flip_up_down",
    "rotate": "rotation RandomRotation",
    "colour": "color ColorJitter jitter brightness contrast saturation hue",
    "cutout": "RandomErasing erase erasing CoarseDropout random_erase",
    "normalise": "normalize standardize standardise normalization rescale",
}
_OURS = {plain(word): name for name, words in _CALLED.items() for word in words.split()}


def choice_for(foreign: str, table: Mapping[str, object]) -> str:
    """`Did you mean hflip?`, where a name of the table is called so elsewhere, or resembles it; or nothing."""
    ours = _OURS.get(plain(foreign), "")
    return f"Did you mean {ours}?" if ours in table else did_you_mean(foreign, table)
