"""UserError: what a command prints as one line, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cnnspec.core.shape import Shape


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


class Reject(Exception):  # noqa: N818 -- no error of the program: a verdict on the spec
    """Arguments that contradict each other, or an input that a layer can't take.

    `field` is the argument to point at (None: the layer itself). `otherwise` is what is still known of
    the output's shape: its rank and channels often are where a size is not.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str = "",
        otherwise: Shape | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.otherwise = otherwise
