"""`cnnspec list`: the specs that ship."""

from __future__ import annotations

import click

from cnnspec.cli.options import echo
from cnnspec.compiler.check import check_document, variants
from cnnspec.compiler.library import open_spec, shipped_specs


@click.command("list")
def command() -> None:
    """List the specs that ship with cnnspec, with what enters and comes out, and their cost.

    \b
    Example:
      cnnspec list
    """
    from cnnspec.render.line import cost, shapes  # noqa: PLC0415 -- with the command

    rows = []
    for name in shipped_specs():
        document = open_spec(name).document
        named: list[str | None] = [*variants(document)] or [None]
        for variant in named:
            plan = check_document(document, variant=variant).plan
            assert plan is not None, "specs that ship are right"
            rows.append((variant or name, f"{shapes(plan)}, {cost(plan)}"))
    width = max(len(name) for name, _ in rows)
    for name, told in rows:
        echo(f"{name:<{width}}  {told}")
