"""What must be left of a set whose bad files are skipped; asked of a source as far as it knows of bad files."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnspec.core.errors import UserError
from cnnspec.train.data.source import Source


def require_some(source: Source, numbers_N: Tensor, what: str) -> None:
    """Raise UserError where none of the images can be read."""
    if not len(readable(source, numbers_N)):
        raise unreadable(what)


def require_classes(train: Source, fit_F: Tensor, class_names: tuple[str, ...]) -> None:
    """Raise UserError for a class that has lost all its images: it would silently never be learned."""
    if not train.bad:
        return
    left = set(train.labels_N[readable(train, fit_F)].tolist())
    lost = sorted(set(train.labels_N[fit_F].tolist()) - left)
    for label in lost[:1]:
        message = f"no image of class {class_names[label]} to train with can be read"
        raise UserError(message, "Mend the files that are skipped, or take the class out.")


def unreadable(what: str) -> UserError:
    """That none of a set's images can be read."""
    return UserError(f"no image of the {what} set can be read", "Mend the files that are skipped.")


def readable(source: Source, numbers_N: Tensor) -> Tensor:
    """The numbers of images that are not known to be bad."""
    bad_B = torch.tensor(list(source.bad), dtype=torch.int64)
    return numbers_N[~torch.isin(numbers_N, bad_B)]
