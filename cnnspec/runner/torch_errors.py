"""Errors of torch that the user can fix, as UserErrors with a hint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.training_events import SMALLER_LR

_NO_COMPILER = r"InvalidCxxCompiler|No working C\+\+ compiler|Failed to find C compiler"
"""What torch.compile says where a compiler is missing: of the CPU's kernels, or of what starts the GPU's."""
_NOT_DETERMINISTIC = r"([\w:.]+)(?: with [\w=]+)? does not have a deterministic implementation"


@contextmanager
def torch_errors_as_user_errors(
    batch_size: int, smaller: str = "Write a smaller batch_size."
) -> Iterator[None]:
    """Raise UserError where torch raises an error about what the spec or the machine lacks; `smaller`: how to need less."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        user_error = _user_error(error, batch_size, smaller)
        if user_error is None:
            raise
        raise user_error from error


def _user_error(error: Exception, batch_size: int, smaller: str) -> UserError | None:
    text = str(error)
    if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text:
        return UserError(f"the memory does not suffice for batches of {batch_size:,}", smaller)
    if "without overflow" in text:
        message = "a step takes numbers that fp32 does not hold: the lr, or another argument of the optimizer"
        return UserError(message, SMALLER_LR)
    if "Expected more than 1 value per channel" in text:
        message = f"batch norm can't be trained with batch_size {batch_size}: it sees one value a channel"
        return UserError(message, "Write a batch_size of at least 2.")
    if found := re.search(_NOT_DETERMINISTIC, text):
        message = f"deterministic: {found[1]} does not give the same bits each time on this device"
        return UserError(message, "Leave deterministic out, or take another device.")
    return _compile_error(error)


def _compile_error(error: Exception) -> UserError | None:
    if re.search(_NO_COMPILER, str(error)):
        message = "compile: torch.compile finds no C++ compiler that works"
        return UserError(message, "Install one, such as g++, or leave compile out.")
    # by name: to import torch's compiler for its classes takes over a second
    if not type(error).__module__.startswith(("torch._dynamo.", "torch._inductor.")):
        return None
    inner = getattr(error, "inner_exception", error)
    reason = str(inner).strip().partition("\n")[0] or type(inner).__name__
    return UserError(f"compile: torch.compile can't do this network: {reason}", "Leave compile out.")
