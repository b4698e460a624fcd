"""Arguments that commands share, and the spec that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnnspec.cli.output import echo_diagnostics
from cnnspec.library.specs import check

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result

F = TypeVar("F", bound=Callable[..., Any])

spec_argument = click.argument("spec", metavar="SPEC")
settings_option = click.option(
    "--set",
    "settings",
    metavar="PATH=VALUE",
    multiple=True,
    help="Set a variable (width=16) or anything by its path (train.epochs=1); may be repeated.",
)

weights_option = click.option(
    "--weights",
    type=click.Choice(["best", "last"]),
    default="best",
    show_default=True,
    help="Those of the best epoch, or of the last.",
)

run_device_option = click.option(
    "--device", help="auto, cpu, cuda, cuda:0 or mps; default: what the spec in the run folder says."
)


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, the first being the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print.",
    )


def load(spec: str, settings: Iterable[str] = ()) -> Result:
    """The checked spec, ready to build; with errors exits 1. What was found goes to stderr."""
    result = check(spec, tuple(settings)).with_open_sizes_refused
    echo_diagnostics(result.diagnostics, err=True)
    if not result.ok:
        raise SystemExit(1)
    return result
