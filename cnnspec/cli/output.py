"""What commands print: text, diagnostics, JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cnnspec.core.plural import plural
from cnnspec.core.terminal import escape
from cnnspec.render.numbers import loss

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Diagnostic
    from cnnspec.runner.training_events import Score


def echo(text: str, *, err: bool = False) -> None:
    """Print; style survives on a terminal only, and not under NO_COLOR."""
    click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def echo_line(line: object, *, err: bool = False) -> None:
    """Print one line, whatever the names of files and classes in it hold."""
    echo(escape(str(line)), err=err)


def echo_diagnostics(found: Iterable[Diagnostic], *, err: bool = False) -> None:
    """Print diagnostics for a person, with a count at the end."""
    from cnnspec.render.diagnostics import render  # noqa: PLC0415 -- only a mistake is rendered

    listed = list(found)
    for diagnostic in listed:
        echo(render(diagnostic), err=err)
    if listed:
        echo(severity_counts(listed), err=err)


def severity_counts(found: list[Diagnostic]) -> str:
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
    import json  # noqa: PLC0415 -- most output is text

    text = json.dumps(data, ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2)
    click.echo(text)


# Output that can't be written: the reader has gone, or the disk is full


READER_GONE = 141
"""128 and the number of SIGPIPE, as shells have it."""


class UnprintedError(Exception):
    """Output could not be written. Not an OSError: click would exit with 1 on a broken pipe."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code, self.message = code, message


@contextmanager
def output_errors() -> Iterator[None]:
    """Raise UnprintedError where standard output can't be written; other errors stay what they are."""
    try:
        yield
    except BrokenPipeError as error:
        raise UnprintedError(READER_GONE) from error
    except OSError as error:
        if not _while_printing(error):
            raise
        message = f"standard output: can't be written ({error.strerror or error})"
        raise UnprintedError(1, message) from error


def _while_printing(error: OSError) -> bool:
    """Whether click's echo raised it: of a stream the error itself says nothing."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and step.tb_frame.f_code is click.echo.__code__


def give_up(error: UnprintedError) -> int:
    """Say why, where that can be said, and have Python not complain when it closes stdout; the exit code."""
    if error.message:
        click.echo(f"error: {error.message}", err=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return error.code
