"""Print the network as a Python file."""

from __future__ import annotations

from pathlib import Path

import click

from cnnspec.cli.options import load, settings_option, spec_argument
from cnnspec.codegen.targets import TARGETS, export
from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError

_TARGETS = "; ".join(f"{name}: {target.description}" for name, target in TARGETS.items())


@click.command("export")
@spec_argument
@settings_option
@click.option(
    "--to",
    "target",
    type=click.Choice(list(TARGETS)),
    default=next(iter(TARGETS)),
    show_default=True,
    help=f"What to write. {_TARGETS}.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; default: standard output.",
)
def command(spec: str, settings: tuple[str, ...], target: str, out: Path | None) -> None:
    """Print the network as a readable Python file that imports only torch.

    It is the same source that `cnnspec train` executes.

    \b
    Example:
      cnnspec export specs/mnist.yaml --to python
    """
    result = load(spec, settings)
    text = export(result.require_plan(), target)
    if out is None:
        click.echo(text, nl=False)
    elif out.exists() and Path(result.source.name).exists() and out.samefile(result.source.name):
        raise UserError(f"{out}: this is the spec itself", "Name another file with --out.")
    else:
        atomic_files.write_text(out, text)
