"""`cnnspec export`: the network as a Python file that stands alone."""

from __future__ import annotations

from pathlib import Path

import click

from cnnspec.cli.options import load, settings_option, spec_argument
from cnnspec.codegen.generate import generate
from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError


@click.command("export")
@spec_argument
@settings_option
@click.option(
    "--to",
    "target",
    type=click.Choice(["python"]),
    default="python",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; default: standard output.",
)
def command(spec: str, settings: tuple[str, ...], target: str, out: Path | None) -> None:  # noqa: ARG001 -- one target so far
    """Print the network as a readable Python file that imports only torch.

    It is the same source that `cnnspec train` executes.

    \b
    Example:
      cnnspec export specs/mnist.yaml --to python
    """
    result = load(spec, settings)
    assert result.plan is not None
    source = generate(result.plan).source
    if out is None:
        click.echo(source, nl=False)
    elif out.exists() and Path(result.source.name).exists() and out.samefile(result.source.name):
        raise UserError(f"{out}: this is the spec itself", "Name another file with --out.")
    else:
        atomic_files.write_text(out, source)
