"""A network in one line: shapes and cost."""

from __future__ import annotations

from cnnspec.compiler.plan import Plan, Value
from cnnspec.core.plural import plural
from cnnspec.core.terminal import printable
from cnnspec.render.numbers import macs


def shapes(plan: Plan) -> str:
    """`1×28×28 → 10`."""
    return f"{inputs(plan)} → {outputs(plan)}"


def inputs(plan: Plan) -> str:
    """`1×28×28`, or every input with its name."""
    texts = (_sizes(v) if name == "input" else f"{name} {_sizes(v)}" for name, v in plan.inputs.items())
    return printable(", ".join(texts))


def outputs(plan: Plan) -> str:
    """`10`, or every output with its key."""
    texts = (f"{o.key} {_sizes(o.value)}" if o.key else _sizes(o.value) for o in plan.outputs)
    return printable(", ".join(texts))


def _sizes(value: Value) -> str:
    return "?" if value.shape is None else str(value.shape)


def cost(plan: Plan) -> str:
    """`21,840 parameters, 0.48 M MACs`."""
    return f"{plural(plan.params, 'parameter')}, {macs(plan.macs)} MACs"
