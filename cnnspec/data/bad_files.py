"""What to raise when skipping bad files leaves a split, or a class, without images; a loader knows a file is bad once it has tried it."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.data.loader import Loader


def require_some(loader: Loader, numbers_N: Tensor, split: str) -> None:
    """Raise UserError where none of the images can be read."""
    if not len(readable(loader, numbers_N)):
        raise no_readable_image(split)


def require_classes(train: Loader, fit_F: Tensor, class_names: tuple[str, ...]) -> None:
    """Raise UserError for a class that has lost all its images: it would silently never be learned."""
    if not train.bad:
        return
    left = set(train.labels_N[readable(train, fit_F)].tolist())
    lost = sorted(set(train.labels_N[fit_F].tolist()) - left)
    for label in lost[:1]:
        message = f"no image of class {class_names[label]} to train with can be read"
        raise UserError(message, "Mend the files that are skipped, or take the class out.")


def no_readable_image(split: str) -> UserError:
    """That none of a split's images can be read."""
    return UserError(f"no image of the {split} set can be read", "Mend the files that are skipped.")


def readable(loader: Loader, numbers_N: Tensor) -> Tensor:
    """The numbers of images that are not known to be bad."""
    bad_B = torch.tensor(list(loader.bad), dtype=torch.int64)
    return numbers_N[~torch.isin(numbers_N, bad_B)]
