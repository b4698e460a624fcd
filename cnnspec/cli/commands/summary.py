"""Show each layer's shape, parameters and cost."""

from __future__ import annotations

import click

from cnnspec.cli.options import format_option, settings_option, spec_argument
from cnnspec.cli.output import echo, echo_diagnostics, echo_json
from cnnspec.library.specs import check


@click.command("summary")
@spec_argument
@settings_option
@click.option("--explain", is_flag=True, help="Add each size's formula with its numbers.")
@format_option("text", "json")
def command(spec: str, settings: tuple[str, ...], explain: bool, form: str) -> None:
    """Show each layer's output shape, parameters, multiply-accumulates and receptive field.

    Where the spec is wrong: the table down to the mistake, then what is wrong; exits 1.

    \b
    Example:
      cnnspec summary specs/mnist.yaml --explain
    """
    result = check(spec, settings)
    if form == "json":
        from cnnspec.render.json_data import failed_data, summary_data  # noqa: PLC0415 -- text needs no data

        echo_json(failed_data(result) if result.plan is None else summary_data(result, result.plan))
    else:
        if result.plan is not None:
            from cnnspec.render.layer_table import render  # noqa: PLC0415 -- JSON needs no table

            echo(render(result.plan, explain=explain))
        if result.diagnostics:
            echo("")
            echo_diagnostics(result.diagnostics)
    if not result.ok:
        raise SystemExit(1)
