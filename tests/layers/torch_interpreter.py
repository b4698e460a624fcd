"""A tiny interpreter of Emit: what a layer says it is in torch, made and run."""

from __future__ import annotations

import functools
import operator
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch

from cnnspec.codegen.helpers import HELPERS
from cnnspec.core.emit import Emit, Function, Module, Operator, Parameter
from cnnspec.core.shape import Shape

OPERATORS = {"+": operator.add, "*": operator.mul}
BATCH = 2


class Factor(torch.nn.Module):
    """A bare parameter, multiplied in."""

    def __init__(self, shape: tuple[int, ...], value: float) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.full(shape, value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x times the factor."""
        return x * self.factor


def target(path: str) -> Any:
    """What an import path, or a helper's name, stands for."""
    if path.startswith("helper:"):
        name = path.removeprefix("helper:")
        return getattr(import_module(f"cnnspec.codegen.helpers.{HELPERS[name]}"), name)
    return functools.reduce(getattr, path.split(".")[1:], torch)


def made(emit: Emit) -> Callable[..., torch.Tensor]:
    """The operator: a module in eval mode, or a function of the inputs."""
    match emit:
        case Module(path, args, kwargs):
            module: torch.nn.Module = target(path)(*args, **kwargs)
            return module.eval()
        case Parameter(shape, value):
            return Factor(shape, value)
        case Operator(symbol):
            return lambda *inputs: functools.reduce(OPERATORS[symbol], inputs)
        case Function(path, args, kwargs, packed):
            function = target(path)
            return lambda *inputs: function(*([list(inputs)] if packed else inputs), *args, **kwargs)


def tensors(inputs: tuple[Shape, ...]) -> list[torch.Tensor]:
    """Random inputs with a batch of 2."""
    return [torch.rand([BATCH, *(size or 0 for size in x.sizes)]) for x in inputs]


def state(made_: Callable[..., torch.Tensor]) -> list[tuple[str, tuple[int, ...]]]:
    """The state_dict's names and shapes, in order; a bare parameter's name is its own path: ''."""
    if not isinstance(made_, torch.nn.Module):
        return []
    own = "factor" if isinstance(made_, Factor) else None
    return [("" if name == own else name, tuple(value.shape)) for name, value in made_.state_dict().items()]


def run(emit: Emit, inputs: tuple[Shape, ...]) -> tuple[int, ...] | Exception:
    """The output's shape without the batch, or what torch has against it."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            y = made(emit)(*tensors(inputs))
        except Exception as error:  # noqa: BLE001 -- torch says no in many ways
            return error
    return tuple(y.shape[1:])
