"""What a layer is in torch, as data: layers make it, codegen prints it.

`target` is an import path (`torch.nn.Conv2d`), or `helper:Name` for a class in codegen/helpers.
`args` and `kwargs` are the arguments of the call. A keyword that is left out has its value in
`defaults`; `names` are torch's names of the positional arguments. With these two, layers that differ
in arguments alone can be printed as one class with parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NOTHING: Mapping[str, object] = MappingProxyType({})
Argument = object
"""A number, text, boolean, None, or a tuple of them."""


class Module(NamedTuple):
    """An nn.Module: constructed once with these arguments, called with the inputs."""

    target: str
    args: tuple[Argument, ...] = ()
    kwargs: Mapping[str, Argument] = _NOTHING
    defaults: Mapping[str, Argument] = _NOTHING
    names: tuple[str, ...] = ()


class Function(NamedTuple):
    """A function called with the inputs, then these arguments; `packed` inputs go as one list."""

    target: str
    args: tuple[Argument, ...] = ()
    kwargs: Mapping[str, Argument] = _NOTHING
    packed: bool = False
    defaults: Mapping[str, Argument] = _NOTHING
    names: tuple[str, ...] = ()


class Operator(NamedTuple):
    """The inputs joined by an infix operator of Python: `a + b + c`."""

    symbol: str


class Parameter(NamedTuple):
    """A bare nn.Parameter of this shape, filled with `value` and multiplied into the input."""

    shape: tuple[int, ...]
    value: float


Emit = Module | Function | Operator | Parameter
