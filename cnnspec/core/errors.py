"""What goes wrong in the user's world while a command runs: one line, never a traceback."""

from __future__ import annotations


class UserError(Exception):
    """A file, a folder or a device is not as it must be.

    `message` says what is wrong with its numbers and names in it, `hint` what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
