"""torch's words for what is the user's to mend, in ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnspec.core.errors import UserError
from cnnspec.train.errors import SMALLER_LR


@contextmanager
def in_our_words(batch_size: int) -> Iterator[None]:
    """Raise UserError where memory doesn't suffice, or a batch is too small to be normalised by."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise _out_of_memory(batch_size) from error
    except RuntimeError as error:
        if "without overflow" in str(error):
            message = (
                "a step takes numbers that fp32 does not hold: the lr, or another argument of the optimizer"
            )
            raise UserError(message, SMALLER_LR) from error
        if "can't allocate memory" not in str(error):
            raise
        raise _out_of_memory(batch_size) from error
    except ValueError as error:
        if "Expected more than 1 value per channel" not in str(error):
            raise
        message = f"batch norm can't be trained with batch_size {batch_size}: it sees one value a channel"
        raise UserError(message, "Write a batch_size of at least 2.") from error


def _out_of_memory(batch_size: int) -> UserError:
    return UserError(
        f"the memory does not suffice for batches of {batch_size:,}", "Write a smaller batch_size."
    )
