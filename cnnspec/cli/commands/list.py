"""List the specs that ship."""

from __future__ import annotations

import click

from cnnspec.cli.options import format_option
from cnnspec.cli.output import echo, echo_json
from cnnspec.library.specs import shipped_results


@click.command("list")
@click.argument("text", required=False)
@format_option("text", "json")
def command(text: str | None, form: str) -> None:
    """List the specs that ship, with what enters and comes out, parameters and multiply-accumulates.

    With TEXT, only those whose names contain it.

    \b
    Example:
      cnnspec list resnet
    """
    from cnnspec.render import json_data, network_list  # noqa: PLC0415 -- with the command

    found = shipped_results((text or "").lower())
    results = [(name, result, result.plan) for name, result in found if result.plan]
    if not results:
        raise click.UsageError(f"No spec that ships has {text!r} in its name.")
    if form == "json":
        echo_json([json_data.network_data(name, result, plan) for name, result, plan in results])
    else:
        echo(network_list.render([(name, plan) for name, _, plan in results]))
