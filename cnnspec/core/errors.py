"""What goes wrong in the user's world while a command runs: one line, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cnnspec.core.reject import Reject


class UserError(Exception):
    """A file, a folder or a device is not as it must be.

    `message` says what is wrong with its numbers and names in it, `hint` what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@contextmanager
def judged(what: str = "") -> Iterator[None]:
    """A rule's verdict on what only files can tell is a UserError; `what` is the message's beginning."""
    try:
        yield
    except Reject as no:
        raise UserError(f"{what}{no.message}", no.hint) from no
