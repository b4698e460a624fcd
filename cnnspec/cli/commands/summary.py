"""Show each layer's shape, parameters and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, settings_option, spec_argument
from cnnspec.cli.output import echo, echo_diagnostics, echo_json
from cnnspec.library.specs import check

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result
    from cnnspec.render.memory_totals import MemoryTotals


def _bytes(_context: click.Context, _option: click.Parameter, text: str) -> int:
    """Memory as `budget` has it: 8GB. Raises BadParameter."""
    from cnnspec.settings.budget import in_bytes  # noqa: PLC0415 -- with the option

    size = in_bytes(text)
    if size is None:
        message = f"{text!r} is no memory. Write a number with kB, MB, GB or GiB, as in 8GB."
        raise click.BadParameter(message)
    return size


@click.command("summary")
@spec_argument
@settings_option
@click.option("--explain", is_flag=True, help="Derive each layer's numbers.")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show groups of layers as one row from so many names in their path on.",
)
@click.option("--memory", is_flag=True, help="Add the memory at inference and in training.")
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    metavar="N",
    help="For --memory: samples at once; default: the spec's train.batch_size.",
)
@click.option(
    "--precision",
    type=click.Choice(["fp32", "bf16", "fp16"]),
    help="For --memory; default: the spec's train.precision.",
)
@click.option(
    "--fits",
    callback=_bytes,
    default="8GB",
    metavar="SIZE",
    show_default=True,
    help="For --memory: tell the largest batch for so much.",
)
@format_option("text", "json")
def command(
    spec: str,
    settings: tuple[str, ...],
    explain: bool,
    depth: int | None,
    memory: bool,
    batch_size: int | None,
    precision: str | None,
    fits: int,
    form: str,
) -> None:
    """Show each layer's output shape, parameters, multiply-accumulates and receptive field.

    Rounds that are alike are shown once. Where the spec is wrong: the table down to the mistake, then what is wrong;
    exits 1.

    \b
    Example:
      cnnspec summary specs/mnist.yaml --explain
      cnnspec summary resnet50 --depth 2 --memory --batch-size 32
    """
    result = check(spec, settings)
    given = {"batch_size": batch_size, "precision": precision}
    totals = (
        _memory(result, {name: value for name, value in given.items() if value}, fits) if memory else None
    )
    if form == "json":
        from cnnspec.render.json_data import failed_data, summary_data  # noqa: PLC0415 -- text needs no data

        echo_json(failed_data(result) if result.plan is None else summary_data(result, result.plan, totals))
    else:
        if result.plan is not None:
            from cnnspec.render.layer_table import render  # noqa: PLC0415 -- JSON needs no table

            echo(render(result.plan, explain=explain, depth=depth, memory=totals))
        if result.diagnostics:
            echo("")
            echo_diagnostics(result.diagnostics)
    if not result.ok:
        raise SystemExit(1)


def _memory(result: Result, given: dict[str, object], limit: int) -> MemoryTotals | None:
    """What is asked of the memory, where `train` could be read; what is given takes the place of its own."""
    if result.plan is None or result.train is None:
        return None
    from cnnspec.render.memory_totals import memory_totals  # noqa: PLC0415 -- only where it is asked for

    return memory_totals(result.plan, result.train.model_copy(update=given), limit)
