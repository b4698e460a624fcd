"""torch's words for what is the user's to mend, in ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.errors import SMALLER_LR

_NO_COMPILER = r"InvalidCxxCompiler|No working C\+\+ compiler|Failed to find C compiler"
"""What torch.compile says where a compiler is missing: of the CPU's kernels, or of what starts the GPU's."""
_RANDOM_SUMS = r"([\w:.]+)(?: with [\w=]+)? does not have a deterministic implementation"


@contextmanager
def in_our_words(batch_size: int, smaller: str = "Write a smaller batch_size.") -> Iterator[None]:
    """Raise UserError where torch stumbles over what the spec or the machine lacks; `smaller`: how to need less."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        ours = _in_our_words(error, batch_size, smaller)
        if ours is None:
            raise
        raise ours from error


def _in_our_words(error: Exception, batch_size: int, smaller: str) -> UserError | None:
    told = str(error)
    if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in told:
        return UserError(f"the memory does not suffice for batches of {batch_size:,}", smaller)
    if "without overflow" in told:
        message = "a step takes numbers that fp32 does not hold: the lr, or another argument of the optimizer"
        return UserError(message, SMALLER_LR)
    if "Expected more than 1 value per channel" in told:
        message = f"batch norm can't be trained with batch_size {batch_size}: it sees one value a channel"
        return UserError(message, "Write a batch_size of at least 2.")
    if found := re.search(_RANDOM_SUMS, told):
        message = f"deterministic: {found[1]} does not give the same bits each time on this device"
        return UserError(message, "Leave deterministic out, or take another device.")
    return _compiling(error)


def _compiling(error: Exception) -> UserError | None:
    if re.search(_NO_COMPILER, str(error)):
        message = "compile: torch.compile finds no C++ compiler that works"
        return UserError(message, "Install one, such as g++, or leave compile out.")
    # by name: to import torch's compiler for its classes takes over a second
    if not type(error).__module__.startswith(("torch._dynamo.", "torch._inductor.")):
        return None
    inner = getattr(error, "inner_exception", error)
    reason = str(inner).strip().partition("\n")[0] or type(inner).__name__
    return UserError(f"compile: torch.compile can't do this network: {reason}", "Leave compile out.")
