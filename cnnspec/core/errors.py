"""UserError: what a command prints as one line, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cnnspec.core.reject import Reject


class UserError(Exception):
    """A file, a folder or a device is not as a command needs it.

    `message` says what is wrong, with numbers and names in it; `hint` says what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@contextmanager
def rejects_as_user_errors(prefix: str = "") -> Iterator[None]:
    """Turn a Reject into a UserError whose message begins with `prefix`: for rules that look at files."""
    try:
        yield
    except Reject as no:
        raise UserError(f"{prefix}{no.message}", no.hint) from no
