"""The specs that ship, as a table and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnspec.render.data import summary_data
from cnnspec.render.grid import aligned
from cnnspec.render.line import entering, leaving
from cnnspec.render.text import macs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.compiler.check import Result
    from cnnspec.compiler.plan import Plan

_HEADS = ("name", "input", "output", "parameters", "MACs")
_RIGHT = {3, 4}


def render(plans: Iterable[tuple[str, Plan]]) -> str:
    """A row for each network."""
    head, *lines = aligned([_HEADS, *(_row(name, plan) for name, plan in plans)], _RIGHT)
    return "\n".join([click.style(head, bold=True), *lines])


def _row(name: str, plan: Plan) -> tuple[str, ...]:
    return (name, entering(plan), leaving(plan), f"{plan.params:,}", macs(plan.macs))


def catalogue_data(found: Iterable[tuple[str, Result]]) -> list[dict[str, Any]]:
    """What enters and comes out of each network, and its cost."""
    return [{"name": name, **_essence(result)} for name, result in found]


def _essence(result: Result) -> dict[str, Any]:
    assert result.plan is not None, "specs that ship are right"
    data = summary_data(result, result.plan)
    return {"file": result.source.name, **{key: data[key] for key in ("input", "output")}, **data["total"]}
