"""Write a spec to start from, a copy of another."""

from __future__ import annotations

from pathlib import Path

import click

from cnnspec.cli.options import load
from cnnspec.cli.output import echo
from cnnspec.core import atomic_files
from cnnspec.core.errors import UserError
from cnnspec.library.new import starter_text
from cnnspec.library.specs import open_spec


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "spec", metavar="SPEC", default="mnist", show_default=True, help="The spec to start from."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(file: Path, spec: str, *, force: bool) -> None:
    """Write a spec to start from: another's text, its variant made the base.

    \b
    Example:
      cnnspec new mine.yaml --from resnet18
    """
    _require_free(file, force=force)
    result = load(spec)
    text = starter_text(open_spec(spec), result)
    atomic_files.write_text(file, text)
    echo(f"wrote {file}, a copy of {spec}. Next: cnnspec summary {file}")


def _require_free(file: Path, *, force: bool) -> None:
    if file.suffix not in {".yaml", ".yml"}:
        raise UserError(f"{file}: a spec's file ends in .yaml", f"Write {file}.yaml.")
    if file.is_dir():
        raise UserError(f"{file}: this is a directory", f"Write {file / 'mine.yaml'}.")
    if file.exists() and not force:
        raise UserError(
            f"{file}: there is such a file already", "Choose another name, or write over it with --force."
        )
    if not file.parent.is_dir():
        raise UserError(f"{file.parent}: there is no such directory", f"mkdir -p {file.parent}")
