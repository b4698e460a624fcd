"""The specs that ship, as a table and as a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from cnnspec.compiler.check import Result
from cnnspec.compiler.plan import Plan
from cnnspec.render.columns import align
from cnnspec.render.headline import inputs, outputs
from cnnspec.render.numbers import macs

_HEADS = ("name", "input", "output", "parameters", "MACs")
_RIGHT = {3, 4}


def render(plans: Iterable[tuple[str, Plan]]) -> str:
    """A row for each network."""
    head, *lines = align([_HEADS, *(_row(name, plan) for name, plan in plans)], _RIGHT)
    return "\n".join([click.style(head, bold=True), *lines])


def _row(name: str, plan: Plan) -> tuple[str, ...]:
    return (name, inputs(plan), outputs(plan), f"{plan.params:,}", macs(plan.macs))


def markdown(families: Iterable[tuple[Path, list[tuple[str, Result]]]]) -> str:
    """The reference page of what ships: a section for each file."""
    return "\n".join([_PAGE, *(line for path, found in families for line in _section(path, found))]) + "\n"


def _section(path: Path, found: list[tuple[str, Result]]) -> list[str]:
    plans = [(name, result.plan) for name, result in found if result.plan]
    rows = [f"| `{name}` | {inputs(p)} | {outputs(p)} | {p.params:,} | {macs(p.macs)} |" for name, p in plans]
    return [
        f"\n## [{path.stem}](../specs/{path.name})\n",
        *([plans[0][1].description.strip(), ""] if plans[0][1].description else []),
        "| name | input | output | parameters | MACs |",
        "|---|---|---|---:|---:|",
        *rows,
    ]


_PAGE = """\
# Networks that ship

Each is found by its name wherever a SPEC is taken (`cnnspec summary resnet50`, `cnnspec.build("resnet50")`), and
`cnnspec new mine.yaml --from resnet50` copies it. A family is one file; the file's name is the family's base.
MACs are those of one sample at the input's size, auxiliary heads included.

## What equals torchvision

For every network under a name of torchvision's (version 0.29), tests/zoo/test_zoo.py compares the two:

- the state_dict has the same names, shapes and order, so that weights load with `strict=True`;
- in eval mode the outputs are equal bit for bit, with random weights and BN statistics;
- in training mode, dropout off, so are outputs, every gradient and every buffer after a forward and a backward pass;
- dropout and stochastic depth have the same rates in the same places;
- parameters and multiply-accumulates, known without torch, are those that torch counts;
- weights start from the same distributions. After the same `torch.manual_seed`, classifiers start with the very same
  numbers: layers are constructed in torchvision's order and then initialised in it. This holds for one version of torch
  on one kind of device. Segmentation networks start from the same distributions with other numbers: torchvision makes
  a whole classifier first, and the head that it drops has drawn numbers too.

Auxiliary heads are as torchvision's constructors have them by default: googlenet and inception_v3 return theirs in
training mode only; fcn and deeplabv3 networks have one with `--set aux=true`. Where torchvision returns a named tuple, or
a tensor in eval mode, these networks return a dict in both: `{out: …}`, with the heads' scores beside it."""
