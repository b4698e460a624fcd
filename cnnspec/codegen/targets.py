"""Export targets: what `cnnspec export --to` can write. A target is its line here and the function that it names."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


class Target(NamedTuple):
    """What a plan can be exported to."""

    description: str
    """What is written, for `cnnspec export --help`."""
    function: str
    """`module:function` in this room, from a plan without errors to text; imported when it is asked for."""


TARGETS = {
    "python": Target("a readable Python file that imports only torch", "python_module:python_source"),
}


def export(plan: Plan, target: str) -> str:
    """The text of a plan without errors for one of TARGETS."""
    module, function = TARGETS[target].function.split(":")
    text: str = getattr(import_module(f"cnnspec.codegen.{module}"), function)(plan)
    return text
