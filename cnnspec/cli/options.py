"""Arguments that commands share, and what to do with a spec that is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnnspec.core.plural import plural
from cnnspec.core.terminal import escaped
from cnnspec.library.specs import check
from cnnspec.render.numbers import loss

if TYPE_CHECKING:
    from cnnspec.compiler.check import Result
    from cnnspec.core.diagnostic import Diagnostic
    from cnnspec.runner.events import Score

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
    result = check(spec, tuple(settings))
    echo_diagnostics(result.diagnostics, err=True)
    if not result.ok:
        raise SystemExit(1)
    return result


def echo(text: str, *, err: bool = False) -> None:
    """Print; style survives on a terminal only, and not under NO_COLOR."""
    click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def echo_line(line: object, *, err: bool = False) -> None:
    """Print one line, whatever the names of files and classes in it hold."""
    echo(escaped(str(line)), err=err)


def echo_diagnostics(found: Iterable[Diagnostic], *, err: bool = False) -> None:
    """Print diagnostics for a person, with a count at the end."""
    from cnnspec.render.diagnostics import render  # noqa: PLC0415 -- only a mistake is rendered

    listed = list(found)
    for diagnostic in listed:
        echo(render(diagnostic), err=err)
    if listed:
        echo(counted(listed), err=err)


def counted(found: list[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    warnings = len(found) - errors
    parts = [plural(errors, "error")] * bool(errors) + [plural(warnings, "warning")] * bool(warnings)
    return ", ".join(parts)


def test_result(score: Score) -> str:
    """How a test went, but not with which weights."""
    share = f"{100 * score.accuracy:.2f} % ({score.correct:,} of {score.images:,})"
    return f"test accuracy {share}, loss {loss(score.loss)}"


def echo_json(data: object) -> None:
    """Print plain data as JSON; where a file's name is no Unicode, in ASCII, which can hold it."""
    told = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        told.encode()
    except UnicodeEncodeError:
        told = json.dumps(data, indent=2)
    click.echo(told)
