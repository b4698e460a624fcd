"""A network in one line: shapes and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.core.plural import plural
from cnnspec.render.text import macs, printable

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


def shapes(plan: Plan) -> str:
    """`1×28×28 → 10`."""
    return f"{entering(plan)} → {leaving(plan)}"


def entering(plan: Plan) -> str:
    """`1×28×28`, or every input with its name."""
    shown = (str(v.shape) if name == "input" else f"{name} {v.shape}" for name, v in plan.inputs.items())
    return printable(", ".join(shown))


def leaving(plan: Plan) -> str:
    """`10`, or every output with its key."""
    shown = (f"{o.key} {o.value.shape}" if o.key else str(o.value.shape) for o in plan.outputs)
    return printable(", ".join(shown))


def cost(plan: Plan) -> str:
    """`21,840 parameters, 0.48 M MACs`."""
    return f"{plural(plan.params, 'parameter')}, {macs(plan.macs)} MACs"
