"""The network's cost and view beside the limits of `budget:`.

## over-budget

More than the budget allows

A limit of `budget` is the most that the network may have. Memory is that of a step of training, with `batch_size`,
`precision` and `optimizer` of `train`.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 100, relu, linear: 10]
budget: {params: 50k}
```

Make the layers smaller that the hint names, or raise the limit.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 50, relu, linear: 10]
budget: {params: 50k}
```

## view-below-budget

Less of the input is seen than the budget asks for

`receptive_field` is the least that a position of the first output must see of the input, along each axis.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [conv: {out_channels: 8, kernel_size: 3}]
budget: {receptive_field: 5}
```

Larger kernels, strides, pools, dilation or more layers widen the view.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [conv: {out_channels: 8, kernel_size: 5}]
budget: {receptive_field: 5}
```

## unknown-budget

A limit that can't be looked at (warning)

With several inputs there is no telling what is seen of which, nor where branches look at positions that drift apart.

```yaml
cnnspec: 1
input: {a: [1, 8, 8], b: [1, 8, 8]}
layers: [add: [a, b]]
budget: {receptive_field: 5}
```

Leave the limit out.

```yaml
cnnspec: 1
input: {a: [1, 8, 8], b: [1, 8, 8]}
layers: [add: [a, b]]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.compiler.checks.context import BudgetContext
from cnnspec.compiler.checks.interface import Finding, check, error, warning
from cnnspec.compiler.plan import Node

_MOST_NAMED = 3
"""Layers that are told of."""
_LEAST_SHARE = 0.01


class Cost(NamedTuple):
    """What a limit is for: its total, of which layers it is made up, and the unit behind the number."""

    field: str
    limit: int | None
    total: int
    parts: dict[Node, int]
    unit: str


@check("shapes")
def limits(context: BudgetContext) -> Iterator[Finding]:
    """Compare each cost with its limit, where there is one."""
    plan, budget = context.plan, context.budget
    macs = {node: node.macs for node in plan.nodes}
    flops = {node: 2 * node.macs for node in plan.nodes}
    params = {node: node.params for node in plan.nodes}
    for cost in (
        Cost("params", budget.params, plan.params, params, "parameters"),
        Cost("macs", budget.macs, plan.macs, macs, "MACs"),
        Cost("flops", budget.flops, 2 * plan.macs, flops, "FLOPs"),
    ):
        if cost.limit is not None and cost.total > cost.limit:
            over = f"{cost.total - cost.limit:,} ({_percent(cost.total - cost.limit, cost.limit)})"
            message = f"the network has {cost.total:,} {cost.unit}, {over} more than the {cost.limit:,} of the budget"
            named = {node: f"{number:,}" for node, number in cost.parts.items()}
            yield error(
                "over-budget", message, f"budget.{cost.field}", _largest(cost.parts, named, cost.total)
            )
    if budget.memory is not None:
        yield from _memory(context, budget.memory)
    if budget.receptive_field is not None:
        yield from _view(context, budget.receptive_field)


def _memory(context: BudgetContext, limit: int) -> Iterator[Finding]:
    from cnnspec.compiler.memory import memory_by_layer, training_memory  # noqa: PLC0415 -- most budgets have no limit for it
    from cnnspec.core.memory_text import memory_text  # noqa: PLC0415 -- as above

    train = context.train
    peak = training_memory(context.plan, train)
    if peak is None:
        yield warning("unknown-budget", "how much memory it takes is not known", "budget.memory", "")
        return
    size = train.batch_size
    total = peak.at(size)
    if total <= limit:
        return
    over = f"{memory_text(total - limit)} ({_percent(total - limit, limit)})"
    message = (
        f"training with batch_size {size} takes {memory_text(total)}, {over} more than the"
        f" {memory_text(limit)} of the budget"
    )
    fits = peak.largest_batch(limit)
    remedy = f"The largest batch_size that fits is {fits}." if fits else "Not even a batch_size of 1 fits."
    layers = memory_by_layer(context.plan, train, size)
    named = {node: memory_text(number) for node, number in layers.items()}
    yield error("over-budget", message, "budget.memory", f"{remedy} {_largest(layers, named, total)}")


def _view(context: BudgetContext, least: int) -> Iterator[Finding]:
    from cnnspec.compiler.receptive_field import receptive_fields  # noqa: PLC0415 -- most budgets have no limit for it

    node, at = context.plan.outputs[0].value.node, "budget.receptive_field"
    field = None if node is None else receptive_fields(context.plan)[node]
    if node is None or not field:
        yield warning(
            "unknown-budget",
            "what the output sees of the input is not known",
            at,
            "Leave receptive_field out.",
        )
    elif min(field) < least:
        seen = str(field[0]) if len(set(field)) == 1 else "×".join(map(str, field))
        message = f"the output ({node.kind} {node.path}, line {node.place.line}) sees {seen} of the input,"
        message += f" {least - min(field)} less than the {least} of the budget"
        yield error("view-below-budget", message, at, "")


def _largest(parts: dict[Node, int], named: dict[Node, str], total: int) -> str:
    """The layers that cost most, with their shares."""
    ordered = sorted(parts, key=parts.__getitem__, reverse=True)
    shown = [node for node in ordered[:_MOST_NAMED] if parts[node] >= _LEAST_SHARE * total]
    listed = (
        f"{node.kind} {node.path} (line {node.place.line}) {named[node]}, {_percent(parts[node], total)}"
        for node in shown
    )
    return f"Largest: {'; '.join(listed)}." if shown else ""


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:,.0f} %" if share >= 1 else f"{share:.1g} %"
