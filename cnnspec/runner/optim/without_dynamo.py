"""Optimizers without the second that importing torch._dynamo takes, which torch does when one is made or stepped.

torch decorates their methods to keep torch.compile out of them. Nothing here compiles an optimizer, so the methods are
taken as they were written: what a step computes is torch's, bit for bit. Where a later torch has other decorators,
they are imported or not, and nothing else changes.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, cast

import torch
from torch.optim import Optimizer

_DECORATED = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


@cache
def without_dynamo(kind: type[Optimizer]) -> Any:
    """The same class, to be called as it is, but without the decorators."""
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in _DECORATED}
    # one of step's decorators forbade gradients
    step = torch.no_grad()(inspect.unwrap(kind.step))
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return cast("type[Optimizer]", type(kind.__name__, (kind,), {**methods, **names, "step": step}))
