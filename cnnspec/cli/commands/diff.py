"""Show what differs between two specs, or two states of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, settings_option
from cnnspec.cli.output import echo, echo_diagnostics, echo_json, echo_line
from cnnspec.compiler.check import check_document
from cnnspec.compiler.diff.difference import difference
from cnnspec.library.git import open_revision
from cnnspec.library.specs import open_spec

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result

DIFFERENT, INVALID = 1, 2


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@settings_option
@click.option("--all", "everything", is_flag=True, help="List every layer that is resized or renamed.")
@format_option("text", "json")
def command(before: str, after: str, settings: tuple[str, ...], everything: bool, form: str) -> None:
    """Show what differs between two specs: layers, shapes, parameters, multiply-accumulates, the weights
    that carry over, and settings. Comments, layout and defaults that are written out don't count, nor do
    the networks' names and descriptions.

    A and B are SPECs, or files at a git revision, REVISION:PATH: the path counts from the top of the
    repository, as in git, and from here with ./ before it. Each may end in @VARIANT; --set holds for both.

    Exits 0 when they are equal, 1 when they differ, 2 when one of them has errors.

    \b
    Example:
      cnnspec diff resnet18 resnet34
      cnnspec diff HEAD~1:specs/mnist.yaml specs/mnist.yaml
      cnnspec diff HEAD:./net.yaml@small ./net.yaml@small
    """
    labels, results = (before, after), (_side(before, settings), _side(after, settings))
    found = difference(*results) if all(result.ok for result in results) else None
    if form == "json":
        from cnnspec.render.diff_data import difference_data  # noqa: PLC0415 -- text needs no data

        echo_json(difference_data(labels, results, found))
    elif found is None:
        _echo_errors(labels, results)
    else:
        from cnnspec.render.diff_text import render  # noqa: PLC0415 -- JSON needs no text

        echo(render(labels, found, everything=everything))
    if found is None or not found.equal:
        raise SystemExit(INVALID if found is None else DIFFERENT)


def _side(label: str, settings: tuple[str, ...]) -> Result:
    opened = open_revision(label) or open_spec(label)
    return check_document(opened.document, variant=opened.variant, settings=settings)


def _echo_errors(labels: tuple[str, str], results: tuple[Result, Result]) -> None:
    """What is wrong with each side that can't be compared."""
    for side, label, result in zip("AB", labels, results, strict=True):
        if not result.ok:
            echo_line(f"{side}, {label}, can't be compared:", err=True)
            echo_diagnostics(result.diagnostics, err=True)
