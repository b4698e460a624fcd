"""What becomes of a command whose output can't be written: the reader has gone, or the disk is full."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

READER_GONE = 141
"""128 and the number of SIGPIPE, as shells have it."""


class UnprintedError(Exception):
    """Output could not be written. No OSError: click ends with 1 where the reader of one has gone."""

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
