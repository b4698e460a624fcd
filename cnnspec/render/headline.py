"""A network in one line: shapes and cost."""

from __future__ import annotations

from cnnspec.compiler.plan import Plan
from cnnspec.core.plural import plural
from cnnspec.core.terminal import printable
from cnnspec.render.numbers import macs


def shapes(plan: Plan) -> str:
    """`1×28×28 → 10`."""
    return f"{inputs(plan)} → {outputs(plan)}"


def inputs(plan: Plan) -> str:
    """`1×28×28`, or every input with its name."""
    texts = (str(v.shape) if name == "input" else f"{name} {v.shape}" for name, v in plan.inputs.items())
    return printable(", ".join(texts))


def outputs(plan: Plan) -> str:
    """`10`, or every output with its key."""
    texts = (f"{o.key} {o.value.shape}" if o.key else str(o.value.shape) for o in plan.outputs)
    return printable(", ".join(texts))


def cost(plan: Plan) -> str:
    """`21,840 parameters, 0.48 M MACs`."""
    return f"{plural(plan.params, 'parameter')}, {macs(plan.macs)} MACs"
