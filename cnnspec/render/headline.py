"""A network in one line: shapes and cost."""

from __future__ import annotations

from itertools import chain

from cnnspec.compiler.plan import Plan, Value
from cnnspec.core.closed_form import in_product
from cnnspec.core.plural import plural, times
from cnnspec.core.terminal import printable
from cnnspec.render.numbers import macs


def shapes(plan: Plan) -> str:
    """`1×28×28 → 10`."""
    return f"{inputs(plan)} → {outputs(plan)}"


def inputs(plan: Plan) -> str:
    """`1×28×28`, or every input with its name."""
    sizes = {name: sizes_text(plan, value) for name, value in plan.inputs.items()}
    texts = (text if name == "input" else f"{name} {text}" for name, text in sizes.items())
    return printable(", ".join(texts))


def outputs(plan: Plan) -> str:
    """`10`, or every output with its key."""
    sizes = [(output.key, sizes_text(plan, output.value)) for output in plan.outputs]
    return printable(", ".join(f"{key} {text}" if key else text for key, text in sizes))


def sizes_text(plan: Plan, value: Value) -> str:
    """`64×28×28`, `64×⌊H/8⌋×⌊W/8⌋`, or ? where nothing is known."""
    sizes = plan.sizes_of(value)
    return "?" if sizes is None else times("?" if size is None else in_product(size) for size in sizes)


def cost(plan: Plan) -> str:
    """`21,840 parameters, 0.48 M MACs`."""
    if plan.open_inputs:
        return open_cost(plan)
    return f"{plural(plan.params, 'parameter')}, {macs(plan.macs)} MACs"


def open_cost(plan: Plan) -> str:
    """Of open sizes: the parameters, as far as they don't depend on these."""
    dependent = [
        node for node in plan.nodes if node.weights and 0 in chain(*node.weights.parameters.values())
    ]
    text = plural(plan.params, "parameter")
    if dependent:
        text += f" and those of {', '.join(node.path for node in dependent[:3])}{', …' * (len(dependent) > 3)}, which depend on the sizes"  # noqa: PLR2004 -- as many as are listed
    return text
