"""A network in one line: shapes and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.render.text import macs, plural, printable

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


def shapes(plan: Plan) -> str:
    """`1×28×28 → 10`."""
    inputs = [str(v.shape) if n == "input" else f"{n} {v.shape}" for n, v in plan.inputs.items()]
    outputs = [f"{o.key} {o.value.shape}" if o.key else str(o.value.shape) for o in plan.outputs]
    return printable(f"{', '.join(inputs)} → {', '.join(outputs)}")


def cost(plan: Plan) -> str:
    """`21,840 parameters, 0.48 M MACs`."""
    return f"{plural(plan.params, 'parameter')}, {macs(plan.macs)} MACs"
